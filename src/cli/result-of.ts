import { decide, type EarlyEnd } from "../analysis/verdict.ts";
import { exitCodes } from "../core/errors.ts";
import type { Ending, RunOutcome } from "../master/run-outcome.ts";
import { buildResult } from "../report/build-result.ts";
import type { Result } from "../report/result-schema.ts";

/** The result of a run: what the master collected, with the verdict. */
export function resultOf(outcome: RunOutcome, musterVersion: string): Result {
  const { collector, resolved, workers } = outcome;
  const { totals, windows, ledger } = collector;
  const { peakUsers } = windows;
  const measured = { totals, durationMs: outcome.durationMs, users: 0, peakUsers };
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
    verdict: decide(resolved.thresholds, measured, earlyEnd(outcome.ending)),
    totals,
    rest: {
      warnings: [...outcome.warnings],
      lifecycleRequests: collector.lifecycleRequests,
      peakUsers,
      users: Object.fromEntries(resolved.classes.map(({ name }) => [name, windows.peakOf(name)])),
      workers: workers.map(({ lostBecause, ...worker }) => ({ ...worker, lost: lostBecause !== null })),
      ledger: { reports: ledger.reports, duplicates: ledger.duplicates, missing: [...ledger.missing] },
    },
  });
}

function earlyEnd(ending: Ending): EarlyEnd | null {
  switch (ending.kind) {
    case "completed":
      return null;
    case "signalled":
      return { exitCode: exitCodes.signalled, reason: `stopped by ${ending.signal} before the end of the plan` };
    case "too-few-workers":
      return { exitCode: exitCodes.tooFewWorkers, reason: ending.message };
    case "test-code-threw":
      return { exitCode: exitCodes.testCodeThrew, reason: ending.message };
  }
}
