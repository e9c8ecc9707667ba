import { generatorHealth } from "../analysis/health/generator-health.ts";
import { noAnalyses, type RunAnalyses } from "../analysis/run-analyses.ts";
import { decide, type EarlyEnd, withAnalyses } from "../analysis/verdict.ts";
import { type ExitCode, exitCodes } from "../core/errors.ts";
import type { Ending } from "../core/run.ts";
import { generatorRunOf } from "../master/generator-run.ts";
import type { RunOutcome } from "../master/run-outcome.ts";
import { rounded } from "../report/numbers.ts";
import { buildResult, measuredWarnings } from "../report/result/build-result.ts";
import { healthResult, healthWarnings } from "../report/result/health-result.ts";
import type { Result } from "../report/result/result-schema.ts";

/** The result of a run: what the master collected, with the verdict. */
export function resultOf(outcome: RunOutcome, musterVersion: string, analyses: RunAnalyses = noAnalyses): Result {
  const { collector, resolved, workers } = outcome;
  const { totals, windows, ledger } = collector;
  const { peakUsers } = windows;
  const early = earlyEnd(outcome.ending);
  const measured = { totals, durationMs: outcome.durationMs, users: windows.latestUsers, peakUsers };
  collector.spans.finish(outcome.load.endedMs);
  // A search goes to the limits of the workers too, and has judged each trial by itself.
  const isSearch = resolved.search !== null && outcome.onWorkerStrain === "invalid";
  const policy = isSearch ? "warn" : outcome.onWorkerStrain;
  const health = generatorHealth(generatorRunOf(collector, resolved, outcome.load), policy);
  return buildResult({
    run: {
      id: outcome.runId,
      test: outcome.testName,
      profile: resolved.profile,
      host: resolved.host,
      startedAt: outcome.startedAt.toISOString(),
      durationMs: Math.round(outcome.durationMs),
      workers: workers.length,
      seed: outcome.seed,
      musterVersion,
    },
    verdict: withAnalyses(
      decide(resolved.thresholds, measured, early, health, collector.spans),
      analyses,
      early === null,
    ),
    totals,
    analyses,
    rest: {
      warnings: [...outcome.warnings, ...measuredWarnings(totals), ...healthWarnings(health)],
      lifecycleRequests: collector.lifecycleRequests,
      peakUsers,
      users: Object.fromEntries((resolved.scenarios[0]?.classes ?? []).map(({ name }) => [name, windows.peakOf(name)])),
      events: [...outcome.events],
      workers: workers.map(({ lostBecause, ...worker }) => ({
        ...worker,
        startSkewMs: rounded(worker.startSkewMs),
        lost: lostBecause !== null,
        health: healthResult(collector.health.of(worker.number)),
      })),
      ledger: {
        reports: ledger.reports,
        duplicates: ledger.duplicates,
        missing: ledger.missing.map((gap) => ({ ...gap, fromMs: rounded(gap.fromMs), toMs: rounded(gap.toMs) })),
      },
    },
  });
}

function earlyEnd(ending: Ending): EarlyEnd | null {
  switch (ending.kind) {
    case "completed":
      return null;
    case "signalled":
      return aborted(exitCodes.signalled, `stopped by ${ending.signal} before the end of the plan`);
    case "threshold-breached":
    case "drifting":
      return { verdict: "failed", exitCode: exitCodes.thresholdFailed, reason: ending.message };
    case "defect":
      return aborted(exitCodes.defect, ending.message);
    case "superseded":
      return aborted(exitCodes.badConfiguration, ending.message);
    case "too-few-workers":
      return aborted(exitCodes.tooFewWorkers, ending.message);
    case "workers-lost":
      return { verdict: "invalid", exitCode: exitCodes.tooFewWorkers, reason: ending.message };
    case "test-code-threw":
      return aborted(exitCodes.testCodeThrew, ending.message);
  }
}

function aborted(exitCode: ExitCode, reason: string): EarlyEnd {
  return { verdict: "aborted", exitCode, reason };
}
