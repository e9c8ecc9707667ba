import * as z from "zod";
import type { SearchRecord } from "../../analysis/capacity/capacity-result.ts";
import type { TimedSearchStep } from "../../analysis/capacity/search.ts";
import { delaysOf } from "../../analysis/health/generator-delay.ts";
import { judgeThreshold } from "../../analysis/judged-threshold.ts";
import type { ScenarioLoad } from "../../analysis/load/scenario-load.ts";
import { unmadeLoad } from "../../analysis/load/unmade-load.ts";
import { ThresholdSpans } from "../../analysis/threshold-spans.ts";
import { pausedMs, unjudgedTimes } from "../../analysis/unjudged-time.ts";
import type { PlanPause } from "../../core/plan/steered-plan.ts";
import { carriedPlan, type Steering } from "../../core/plan/steering.ts";
import { defaultStallMs } from "../../stats/health-sample.ts";
import type { StoredWindow } from "../../stats/windows.ts";
import { storedRequestCount } from "../cost-result.ts";
import { endReason, searchEvent, searchStep } from "./capacity-schema.ts";
import { storedData } from "./data-result.ts";
import { storedHealth } from "./health-result.ts";
import type { RecordedRun, Recording } from "./recording.ts";
import type { ResultFacts, RunData } from "./run-data.ts";
import { lifecycleRequests, type RunEnd, runEnd } from "./run-end.ts";
import { runFacts } from "./run-facts.ts";

/** The facts of a worker that a result needs. */
const workerFacts = z.object({
  requests: z.int(),
  lostBecause: z.string().nullable(),
  startSkewMs: z.number().nullable(),
  // Missing in older runs.
  p50Ms: z.number().nullable().default(null),
  fileDescriptorLimit: z.int().nullable().default(null),
  userTimeMs: z
    .array(z.tuple([z.string(), z.number()]))
    .nullable()
    .default(null),
});

/** The parts of a run's progress that a result needs. */
const progress = z.object({
  warnings: z.array(z.string()),
  // Missing in older runs, and null before the load.
  load: z.array(z.custom<ScenarioLoad>()).nullable().default(null),
  workerUsers: z.array(z.tuple([z.int(), z.int()])),
  lifecycleRequests,
});

/** A stored change of the load that is a step of a search. */
const searchOperation = z.object({
  kind: z.literal("search"),
  ended: z.array(searchEvent),
  step: z.object({ kind: z.string(), reason: endReason.optional() }),
});

/** A stored change of the load that is the next step of a search. */
const searchStepOperation = z.object({ kind: z.literal("search"), step: searchStep });

/** A stored change of the load that a user made. */
const steeringOperation = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("pause") }),
  z.object({ kind: z.literal("resume") }),
  z.object({
    kind: z.enum(["users", "rate"]),
    scenario: z.string().exactOptional(),
    target: z.number(),
    perSecond: z.union([z.number(), z.enum(["plan", "at-once"])]).exactOptional(),
  }),
]);

/**
 * Builds the data of a run from the store. For a run that has ended, it is the data that its master had. For a run that
 * is in progress or whose master was killed, it is what was stored so far, as if its load had ended with its last
 * window.
 */
export function storedRunData(run: RecordedRun, recording: Recording): RunData {
  const facts = factsOf(run);
  const end = run.ended === null ? null : runEnd.parse(run.ended);
  const { durationMs, loadMs, loadEndedMs, load, users, warnings, ...rest } = end ?? standingOf(run, recording);
  const usersOf = new Map(rest.workerUsers);
  const known = recording.workers().map(({ facts: more, ...worker }) => ({ ...worker, ...workerFacts.parse(more) }));
  const totals = recording.totals();
  const health = storedHealth(recording.health(), new Map(known.map((worker) => [worker.number, worker])));
  if (end !== null) arrange(totals.checks, end.checks);
  return {
    id: run.id,
    testName: run.testName,
    profile: run.profile,
    host: run.host,
    startedAt: run.startedAt ?? run.createdAt,
    facts: { ...facts, musterVersion: end?.musterVersion ?? facts.musterVersion },
    ending: end?.ending ?? { kind: "unended", activeAt: run.activeAt },
    durationMs,
    loadMs,
    loadEndedMs,
    load,
    steering: storedSteering(recording.controls()),
    totals,
    users: { ...users, peakByClass: new Map(users.peakByClass) },
    spans: end === null ? spansOf(facts, recording, health, loadEndedMs, load) : keptSpans(facts, end),
    health,
    workers: known.map(({ number, id, host, pid, requests, lostBecause, startSkewMs }) => {
      return { number, id, host, pid, users: usersOf.get(number) ?? 0, requests, lostBecause, startSkewMs };
    }),
    ledger: recording.ledger(),
    data: storedData(recording.shared()),
    permitsUsed: storedRequestCount(recording.shared()),
    events: recording.events(),
    observed: recording.observed(),
    warnings,
    lifecycleRequests: rest.lifecycleRequests,
    search: run.startedAt === null ? null : storedSearch(recording.controls()),
    windows: () => recording.windows(),
  };
}

/** Reads a search from the stored changes of the load. */
export function storedSearch(controls: ReturnType<Recording["controls"]>): SearchRecord {
  const steps = controls.flatMap(({ operation }) => {
    const { success, data } = searchOperation.safeParse(operation);
    return success ? [data] : [];
  });
  return { events: steps.flatMap(({ ended }) => ended), reason: steps.at(-1)?.step.reason ?? null };
}

/** Reads the steps of a search from the stored changes of the load. */
export function storedSearchSteps(controls: ReturnType<Recording["controls"]>): TimedSearchStep[] {
  return controls.flatMap(({ atMs, operation }) => {
    const { success, data } = searchStepOperation.safeParse(operation);
    return success ? [{ atMs, step: data.step }] : [];
  });
}

/** Reads the changes that users made from all stored changes of the load. */
export function storedSteering(controls: ReturnType<Recording["controls"]>): Steering[] {
  return controls.flatMap(({ atMs, operation }) => {
    const { success, data } = steeringOperation.safeParse(operation);
    return success ? [{ atMs, ...data }] : [];
  });
}

/** Returns the facts of a run. Facts that an older run lacks get their defaults. */
function factsOf(run: RecordedRun): ResultFacts {
  const {
    musterVersion = "",
    seed = 0,
    onWorkerStrain = "invalid",
    onWorkerLoss = "rebalance",
    stallLimitMs = defaultStallMs,
    unverified = [],
    thresholds = [],
    asked = null,
    cost = null,
    plan = { atMs: [], users: null, ratePerSecond: null },
    plans = [],
    steadyFromMs = null,
    classes = [],
  } = runFacts.nullable().parse(run.facts) ?? {};
  return {
    musterVersion,
    seed,
    onWorkerStrain,
    onWorkerLoss,
    stallLimitMs,
    unverified,
    thresholds,
    asked,
    cost,
    plan,
    plans,
    steadyFromMs,
    classes,
  };
}

type Standing = Pick<
  RunEnd,
  "durationMs" | "loadMs" | "loadEndedMs" | "load" | "users" | "warnings" | "lifecycleRequests" | "workerUsers"
>;

/** Returns the state of a run that has not ended. */
function standingOf(run: RecordedRun, recording: Recording): Standing {
  const { durationMs, ...users } = extentOf(recording.windows());
  const known = progress.nullable().parse(run.progress) ?? {
    warnings: [],
    load: null,
    workerUsers: [],
    lifecycleRequests: [],
  };
  const stoodMs = pausedMs(recording.events(), durationMs);
  return { durationMs, loadMs: stoodMs > 0 ? durationMs - stoodMs : null, loadEndedMs: durationMs, users, ...known };
}

/** Returns the duration of a run and its numbers of users, from its windows. The latest number of users is that of the last window. */
export function extentOf(windows: Iterable<StoredWindow>): RunEnd["users"] & { durationMs: number } {
  const peaks = new Map<string, number>();
  let [durationMs, latest, peak] = [0, 0, 0];
  for (const { startMs, widthMs, peakUsers, users } of windows) {
    durationMs = startMs + widthMs;
    latest = peakUsers;
    peak = Math.max(peak, peakUsers);
    for (const { className, count } of users) peaks.set(className, Math.max(peaks.get(className) ?? 0, count));
  }
  return { durationMs, latest, peak, peakByClass: [...peaks] };
}

function spansOf(
  { thresholds, classes, asked, stallLimitMs, plans }: ResultFacts,
  recording: Recording,
  health: RunData["health"],
  loadEndedMs: number,
  load: RunData["load"],
): ThresholdSpans {
  const spans = new ThresholdSpans(thresholds);
  spans.observe(recording.observed());
  spans.addStored(recording.windows());
  const { missing } = recording.ledger();
  // Only workers that were there when the load began report when they started.
  const startSkewsMs = recording.workers().flatMap(({ facts }) => workerFacts.parse(facts).startSkewMs ?? []);
  const events = recording.events();
  const isSearch = asked !== null && asked.search !== null;
  const unmade = unmadeLoad({ load: isSearch ? null : load, events, classes, toMs: loadEndedMs });
  const delays = delaysOf(health.values(), stallLimitMs);
  const pauses = pausesOf(plans, storedSteering(recording.controls()));
  spans.finish(loadEndedMs, unjudgedTimes({ missing, events, pauses, startSkewsMs }), delays, [], unmade);
  return spans;
}

/** Returns the times in which closed loads were paused, each up to when their users had started again. */
function pausesOf(plans: ResultFacts["plans"], steering: readonly Steering[]): readonly PlanPause[] {
  return plans.flatMap(({ scenario: name, kind, points, durationMs }) => {
    const own = steering.filter(({ scenario = name }) => scenario === name);
    const plan = { points, durationMs: durationMs ?? Number.POSITIVE_INFINITY };
    return kind === "closed" ? carriedPlan(plan, own, "users").pauses : [];
  });
}

/** Returns the judgements that the master stored. */
function keptSpans({ thresholds }: ResultFacts, { spans }: RunEnd): RunData["spans"] {
  return { final: (threshold, run) => spans[thresholds.indexOf(threshold)] ?? judgeThreshold(threshold, run) };
}

/** Sorts the entries of `map` into the order of `keys`. */
function arrange<Value>(map: Map<string, Value>, keys: readonly string[]): void {
  for (const key of keys) {
    const value = map.get(key);
    if (value === undefined || !map.delete(key)) continue;
    map.set(key, value);
  }
}
