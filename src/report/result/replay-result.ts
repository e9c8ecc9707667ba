import * as z from "zod";
import type { SearchRecord } from "../../analysis/capacity/capacity-result.ts";
import { generatorHealth } from "../../analysis/health/generator-health.ts";
import type { GeneratorRun, WorkerHealth } from "../../analysis/health/generator-run.ts";
import { unsentIn } from "../../analysis/health/unsent-requests.ts";
import { analyse, noAnalyses } from "../../analysis/run-analyses.ts";
import { ThresholdSpans } from "../../analysis/threshold-spans.ts";
import { decide, type EarlyEnd, withAnalyses } from "../../analysis/verdict.ts";
import { rampEndMs } from "../../core/plan/plan.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import type { StoredWindow } from "../../stats/windows.ts";
import { rounded } from "../numbers.ts";
import { buildResult, measuredWarnings } from "./build-result.ts";
import { endReason, searchEvent } from "./capacity-schema.ts";
import { healthResult, healthWarnings, recordedHealth } from "./health-result.ts";
import type { RecordedRun, Recording } from "./recording.ts";
import type { Result } from "./result-schema.ts";
import { type RunFacts, runFacts } from "./run-facts.ts";

/** What a search has done, among what steered a load. */
const searchOperation = z.object({
  kind: z.literal("search"),
  ended: z.array(searchEvent),
  step: z.object({ kind: z.string(), reason: endReason.optional() }),
});

/** A search as it was written down. */
export function replayedSearch(controls: ReturnType<Recording["controls"]>): SearchRecord {
  const steps = controls.flatMap(({ operation }) => {
    const { success, data } = searchOperation.safeParse(operation);
    return success ? [data] : [];
  });
  return { events: steps.flatMap(({ ended }) => ended), reason: steps.at(-1)?.step.reason ?? null };
}

/** What a result needs of a run's progress. */
const progress = z.object({
  warnings: z.array(z.string()),
  workerUsers: z.array(z.tuple([z.int(), z.int()])),
  lifecycleRequests: z.array(
    z.object({
      phase: z.enum(["setup", "teardown"]),
      method: z.string(),
      name: z.string(),
      requests: z.int(),
      failures: z.int(),
    }),
  ),
});

const workerFacts = z.object({
  requests: z.int(),
  lostBecause: z.string().nullable(),
  startSkewMs: z.number().nullable(),
  p50Ms: z.number().nullable().default(null),
  fileDescriptorLimit: z.int().nullable().default(null),
});

/**
 * The result of a run from what is recorded of it, as it stands: while it goes on, or when its master has ended without
 * one. The verdict is that of what was measured by then, or `earlyEnd`.
 */
export function replayResult(run: RecordedRun, recording: Recording, earlyEnd: EarlyEnd | null): Result {
  const {
    seed = 0,
    musterVersion = "",
    thresholds = [],
    asked = null,
    classes = [],
    plan = null,
    onWorkerStrain,
  } = runFacts.nullable().parse(run.facts) ?? {};
  const { warnings = [], lifecycleRequests = [], workerUsers = [] } = progress.nullable().parse(run.progress) ?? {};
  const usersOf = new Map(workerUsers);
  const totals = recording.totals();
  const course = courseOf(recording.windows());
  const spans = new ThresholdSpans(thresholds);
  spans.addStored(recording.windows());
  spans.finish(course.durationMs);
  const known = recording.workers().map(({ facts, ...worker }) => ({ ...worker, ...workerFacts.parse(facts) }));
  const health = recordedHealth(recording.health(), new Map(known.map((worker) => [worker.number, worker])));
  const generator = generatorHealth(
    generatorRun([...health.values()], totals, course.durationMs, plan),
    onWorkerStrain,
  );
  const kept = {
    durationMs: course.durationMs,
    search: replayedSearch(recording.controls()),
    windows: () => recording.windows(),
    workers: [...health.values()],
  };
  const analyses = asked === null ? noAnalyses : analyse(asked, kept);
  const workers = known.map(({ number, id, host, pid, requests, lostBecause, startSkewMs }) => {
    const lost = lostBecause !== null;
    const users = usersOf.get(number) ?? 0;
    const skewMs = rounded(startSkewMs);
    const did = healthResult(health.get(number));
    return { id, number, host, pid, users, requests, lost, startSkewMs: skewMs, health: did };
  });
  const { reports, duplicates, missing } = recording.ledger();
  return buildResult({
    run: {
      id: run.id,
      test: run.testName,
      profile: run.profile,
      host: run.host,
      startedAt: run.startedAt ?? run.createdAt,
      durationMs: course.durationMs,
      workers: workers.length,
      seed,
      musterVersion,
    },
    verdict: withAnalyses(
      decide(thresholds, { totals, ...course }, earlyEnd, generator, spans),
      analyses,
      earlyEnd === null,
    ),
    totals,
    analyses,
    rest: {
      warnings: [...warnings, ...measuredWarnings(totals), ...healthWarnings(generator)],
      events: recording.events().map(({ atMs, kind, text }) => ({ atMs, kind, text })),
      lifecycleRequests,
      peakUsers: course.peakUsers,
      users: Object.fromEntries(classes.map(({ name }) => [name, course.peaks.get(name) ?? 0])),
      workers,
      ledger: {
        reports,
        duplicates,
        missing: missing.map((gap) => ({ ...gap, fromMs: rounded(gap.fromMs), toMs: rounded(gap.toMs) })),
      },
    },
  });
}

/** Of a run that goes on, the load was to rise as its plan says. */
function generatorRun(
  workers: readonly WorkerHealth[],
  totals: RunTotals,
  durationMs: number,
  plan: RunFacts["plan"] | null,
): GeneratorRun {
  const values = plan?.users ?? plan?.ratePerSecond ?? [];
  const points = values.map((value, position) => ({ atMs: plan?.atMs[position] ?? 0, value }));
  const { responseTime } = totals.merged();
  const p95Ms = responseTime.count === 0 ? null : responseTime.percentileMicros(95) / 1_000;
  const steadyFromMs = rampEndMs({ points, durationMs });
  return {
    // As nobody knows whom they ran, nobody can say whether their medians should agree.
    workers: workers.map((worker) => ({ ...worker, p50Ms: null })),
    p95Ms,
    steadyFromMs: steadyFromMs < durationMs ? steadyFromMs : 0,
    steadyToMs: durationMs,
    offeredLoad: null,
    unsent: unsentIn(totals),
  };
}

interface Course {
  /** To the end of the last window. */
  readonly durationMs: number;
  /** In the last window. */
  readonly users: number;
  readonly peakUsers: number;
  readonly peaks: ReadonlyMap<string, number>;
}

function courseOf(windows: Iterable<StoredWindow>): Course {
  const peaks = new Map<string, number>();
  let [durationMs, users, peakUsers] = [0, 0, 0];
  for (const window of windows) {
    durationMs = window.startMs + window.widthMs;
    users = window.peakUsers;
    peakUsers = Math.max(peakUsers, users);
    for (const { className, count } of window.users) peaks.set(className, Math.max(peaks.get(className) ?? 0, count));
  }
  return { durationMs, users, peakUsers, peaks };
}
