import type { WorkerHealth } from "../../../src/analysis/health/generator-run.ts";
import { ThresholdSpans } from "../../../src/analysis/threshold-spans.ts";
import { Random } from "../../../src/core/random.ts";
import type { LossPolicy, RunEvent } from "../../../src/core/run.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import { Ledger } from "../../../src/master/record/ledger.ts";
import { StoredRun } from "../../../src/master/record/stored-run.ts";
import { resultOf } from "../../../src/report/result/result-of.ts";
import type { Result } from "../../../src/report/result/result-schema.ts";
import type { RunData } from "../../../src/report/result/run-data.ts";
import type { HealthSample } from "../../../src/stats/health-sample.ts";
import { nothingObserved } from "../../../src/stats/observed-series.ts";
import { RunTotals } from "../../../src/stats/run-totals.ts";
import type { Window } from "../../../src/stats/windows.ts";
import type { MissingRecord } from "../../../src/store/batch.ts";
import { measuredWindow } from "../../analysis/measured-windows.ts";
import { normal } from "../../analysis/synthetic-noise.ts";
import { sampleAt } from "../../stats/health-fixtures.ts";
import { newRun, StoreFolder } from "../../store/store-fixture.ts";

/** The accidents of the guide's table, in its words. */
export const accidents = [
  "a worker dies",
  "a worker stands still for a moment",
  "a worker stands still until it is declared lost, and comes back",
  "a connection breaks",
  "a connection is open and carries nothing",
  "a worker joins late",
  "the master dies and is resumed",
  "the master stands still for a moment",
  "the disk of the store is full",
  "the folder of the store is removed",
] as const;
export type Accident = (typeof accidents)[number];

const workers = 3;
/** The --worker-timeout of the run, in seconds. */
const timeoutSeconds = 10;
const momentSeconds = 2;
const frozenSeconds = 15;

/** What an accident that begins in second `at` does to the third worker of three, and to the run. */
export interface Effects {
  /** Which part of the planned load is made in a second. */
  readonly madeIn: (second: number) => number;
  readonly missing: readonly MissingRecord[];
  readonly events: readonly RunEvent[];
  readonly samples: readonly HealthSample[];
  readonly warnings: readonly string[];
}

export function effectsOf(accident: Accident, at: number, policy: LossPolicy = "rebalance"): Effects {
  const within = (from: number, to: number, share: number) => (second: number) =>
    second >= from && second < to ? share : 1;
  const event = (second: number, kind: RunEvent["kind"]): RunEvent => ({
    atMs: second * 1_000,
    kind,
    text: `worker 3 (c, pid 3): ${kind}`,
  });
  const whole: Effects = { madeIn: () => 1, missing: [], events: [], samples: [], warnings: [] };
  const left = (workers - 1) / workers;
  const lostAt = at + timeoutSeconds;
  const stoodFor = (seconds: number) =>
    sampleAt(at, { widthMs: seconds * 1_000, loopDelayMaxMs: seconds * 1_000, utilisation: 0.02, cpu: 0.02 });
  switch (accident) {
    case "a worker dies": {
      const gap = { worker: 3, firstSequence: at, lastSequence: null, fromMs: at * 1_000, toMs: lostAt * 1_000 };
      const untilSecond = policy === "rebalance" ? lostAt : Number.POSITIVE_INFINITY;
      return {
        ...whole,
        madeIn: within(at, untilSecond, left),
        missing: [gap],
        events: [event(lostAt, "worker-lost")],
      };
    }
    case "a worker stands still for a moment":
      return { ...whole, madeIn: within(at, at + momentSeconds, left), samples: [stoodFor(momentSeconds)] };
    case "a worker stands still until it is declared lost, and comes back": {
      const events = [event(lostAt, "worker-lost"), event(at + frozenSeconds, "worker-returned")];
      return { ...whole, madeIn: within(at, lostAt, left), events, samples: [stoodFor(frozenSeconds)] };
    }
    case "a connection is open and carries nothing": {
      // It continues its load while the others have taken over.
      const events = [event(lostAt, "worker-lost"), event(lostAt + 4, "worker-returned")];
      return { ...whole, madeIn: within(lostAt, lostAt + 4, 1 + 1 / workers), events };
    }
    case "a connection breaks":
      return whole;
    case "a worker joins late":
      return { ...whole, events: [event(at, "worker-joined")] };
    case "the master dies and is resumed":
      return { ...whole, events: [event(at, "master-resumed")] };
    case "the master stands still for a moment":
      return { ...whole, events: [event(at, "master-stalled")] };
    case "the disk of the store is full":
    case "the folder of the store is removed":
      return { ...whole, events: [event(at, "store-failed")], warnings: ["the store failed"] };
  }
}

/** A load, and a service with its response times; all in seconds and requests per second. */
export interface Simulated {
  readonly seconds: number;
  readonly rateIn: (second: number) => number;
  /** Returns the response times in ms of the requests of a second. */
  readonly serviceOf: (random: Random) => (second: number, requests: number) => number[];
  readonly asked: Pick<NonNullable<RunData["facts"]["asked"]>, "spike" | "drift">;
}

/** The result of a run on simulated time with an accident in second `at`. Its windows went through a real store. */
export function simulatedResult(
  { seconds: length, rateIn, serviceOf, asked }: Simulated,
  accident: Accident,
  at: number,
  { policy = "rebalance" as LossPolicy, isLoadKnown = true, seconds = length } = {},
): Result {
  const effects = effectsOf(accident, at, policy);
  const thresholds = parseThresholds({ response_time: "p(50)<400" });
  const random = new Random(7, 1);
  const service = serviceOf(random);
  const durationMs = seconds * 1_000;
  const points = Array.from({ length: seconds + 1 }, (_, second) => ({ atMs: second * 1_000, value: rateIn(second) }));
  let [planned, made] = [0, 0];
  const windows = Array.from({ length: seconds }, (_, second) => {
    const requests = Math.round(rateIn(second) * effects.madeIn(second));
    planned += rateIn(second);
    made += requests;
    return measuredWindow(second * 1_000, { times: service(second, requests) });
  });
  const totals = new RunTotals();
  for (const window of windows) totals.merge(window.totals);
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const stored = new StoredRun(store, "a");
  const save = (some: readonly Window[]) =>
    stored.save({
      ...{ windows: some, health: [], events: [], operations: [], shared: [], workers: [] },
      observed: { sources: [], series: [] },
      ...{ ledger: new Ledger(), state: null },
    });
  save(windows.slice(0, at));
  // What the journal does when a write fails.
  if (effects.warnings.length > 0) stored.continueInMemory();
  save(windows.slice(at));
  using reader = stored.reader();
  const amounts = { planned, made, late: 0, dropped: 0, unreported: 0, isRandom: false };
  const load = [{ scenario: "default", unit: "iterations" as const, ...amounts, seconds }];
  const health = new Map([1, 2, 3].map((number) => [number, healthOf(number, seconds, effects)]));
  const facts: RunData["facts"] = {
    ...{
      musterVersion: "0",
      seed: 7,
      onWorkerStrain: "invalid",
      onWorkerLoss: policy,
      stallLimitMs: 100,
      unverified: [],
    },
    ...{ thresholds, plan: { atMs: [], users: null, ratePerSecond: null }, plans: [], steadyFromMs: 0, cost: null },
    classes: [{ scenario: "default", name: "User", share: 1, tasks: [] }],
    asked: { thresholds, arrivals: { points, durationMs }, endMs: durationMs, search: null, ...asked },
  };
  const result = resultOf({
    ...{
      id: "a",
      testName: "test.ts",
      profile: "default",
      host: "http://127.0.0.1:1",
      startedAt: "2026-01-02T03:04:05Z",
    },
    ...{ facts, ending: { kind: "completed" }, durationMs, loadMs: durationMs, loadEndedMs: durationMs },
    ...{
      load: isLoadKnown ? load : null,
      steering: [],
      totals,
      data: [],
      permitsUsed: 0,
      lifecycleRequests: [],
      search: null,
    },
    users: { latest: 5, peak: 5, peakByClass: new Map() },
    spans: new ThresholdSpans(thresholds),
    health,
    workers: [],
    ledger: { reports: 3 * seconds, duplicates: 0, missing: effects.missing },
    events: effects.events,
    observed: nothingObserved,
    warnings: effects.warnings,
    windows: () => reader.windows(),
  });
  stored.close();
  return result;
}

/** Only the third worker has another health than usual. */
function healthOf(number: number, seconds: number, effects: Effects): WorkerHealth {
  const own = number === 3 ? effects.samples : [];
  const isCovered = (second: number) =>
    own.some(({ atMs, widthMs }) => second * 1_000 >= atMs && second * 1_000 < atMs + widthMs);
  const usual = Array.from({ length: seconds }, (_, second) => second).filter((second) => !isCovered(second));
  const samples = [...usual.map((second) => sampleAt(second)), ...own].sort((a, b) => a.atMs - b.atMs);
  const known = { requests: 1_000, p50Ms: 40, fileDescriptorLimit: null, userTime: new Map<string, number>() };
  return { name: `worker ${number}`, samples, ...known };
}

const peak = { from: 60, to: 80 };

/** A spike of 20 s; the service has a queue, and after the spike `capacityAfter` requests per second are left of it. */
export function spiked(capacityAfter: number): Simulated {
  const spikes = [{ riseMs: peak.from * 1_000, peakMs: peak.from * 1_000, dropMs: peak.to * 1_000 }];
  return {
    seconds: 240,
    rateIn: (second) => (second >= peak.from && second < peak.to ? 18 : 6),
    serviceOf: (random) => {
      let backlog = 0;
      return (second, requests) => {
        const can = second < peak.to ? 15 : capacityAfter;
        const served = Math.min(can, backlog + requests);
        const waitMs = (backlog / can) * 1_000;
        backlog += requests - served;
        return Array.from({ length: served }, () => 50 * Math.exp(0.1 * normal(random)) + waitMs);
      };
    },
    asked: { spike: { spikes, baselineFromMs: 0, timeScale: 1 }, drift: null },
  };
}

/** A soak of 20 minutes of a service whose times change by the factor `perHour` in an hour. */
export function soaked(perHour: number): Simulated {
  return {
    seconds: 1_200,
    rateIn: () => 6,
    serviceOf: (random) => (second, requests) =>
      Array.from(
        { length: requests },
        () => 40 * (1 + ((perHour - 1) * second) / 3_600) * Math.exp(0.2 * normal(random)),
      ),
    asked: { spike: null, drift: { rampEndMs: 0, warmUpMs: 60_000, abort: false } },
  };
}
