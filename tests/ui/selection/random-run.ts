import fc from "fast-check";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import type { RunReport } from "../../../src/report/page/model.ts";
import { buildRunReport } from "../../../src/report/page/run-report.ts";
import type { Result } from "../../../src/report/result/result-schema.ts";
import type { HealthSample } from "../../../src/stats/health-sample.ts";
import type { Batch } from "../../../src/store/batch.ts";
import { facts, withRecorded } from "../../report/recorded-run.ts";
import type { RecorderEvent } from "../../stats/recorder-events.ts";
import { delta } from "../../store/store-fixture.ts";

/** What happened in one second of a run of two workers. */
interface Second {
  readonly events: readonly RecorderEvent[];
  readonly users: { readonly User: number; readonly Admin: number };
  /** By worker. */
  readonly health: readonly (readonly [requests: number, percent: number])[];
}

export type Seconds = readonly Second[];

const micros = fc.integer({ min: 1, max: 3_000_000 });
const failures = fc.constantFrom(
  null,
  null,
  { kind: "5xx" as const, message: "503 Busy" },
  { kind: "5xx" as const, message: "500 Broken" },
  { kind: "timeout" as const, message: "after 1 s" },
);
const event: fc.Arbitrary<RecorderEvent> = fc.oneof(
  fc.record({
    kind: fc.constant("request" as const),
    method: fc.constantFrom("GET", "POST"),
    name: fc.constantFrom("/jobs", "/jobs/:id", "/pay"),
    ...{ micros, bytesIn: fc.nat(900), bytesOut: fc.nat(900), failure: failures },
  }),
  fc.record({
    kind: fc.constant("group" as const),
    path: fc.constantFrom("order", "order::pay", "search"),
    ...{ activeMicros: micros, pausedMicros: fc.constantFrom(0, 500_000), hasFailed: fc.boolean() },
  }),
  fc.record({ kind: fc.constant("check" as const), name: fc.constantFrom("created", "paid"), passed: fc.boolean() }),
  micros.map((time) => ({ kind: "sample" as const, series: "slice" as const, name: 'class:"User"', micros: time })),
  fc.constantFrom("User", "Admin").map((className) => {
    return { kind: "task" as const, scenario: "default", className, task: 0 };
  }),
);
const second: fc.Arbitrary<Second> = fc.record({
  events: fc
    .array(event, { minLength: 8, maxLength: 20 })
    .map((events) => [...events, { kind: "iteration", counter: "completedIterations" }] as RecorderEvent[]),
  users: fc.record({ User: fc.integer({ min: 1, max: 50 }), Admin: fc.integer({ min: 0, max: 5 }) }),
  health: fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 99 })), { minLength: 2, maxLength: 2 }),
});

/** A run of so many seconds, and more than one window wide in each slice. */
export function randomSeconds(count: number, seed: number): Seconds {
  return (
    fc.sample(fc.array(second, { minLength: count, maxLength: count, size: "max" }), { numRuns: 1, seed })[0] ?? []
  );
}

const written = {
  requests: ["count>0"],
  "requests{class:User}": ["count>=0"],
  "response_time{class:User}": ["p(95)<1"],
};

const classes = ["User", "Admin"].map((name) => {
  return { scenario: "default", name, share: 0.5, tasks: [{ name: "look", share: 1 }] };
});

/** The report of a run that had these seconds and no others. */
export function reportOfSeconds(seconds: Seconds): RunReport {
  const workers = [0, 1].map((worker) => ({
    ...{ number: worker + 1, id: `w${worker}`, host: "a", pid: worker, lastSequence: seconds.length },
    facts: {
      requests: seconds.reduce((sum, { health }) => sum + (health[worker]?.[0] ?? 0), 0),
      ...{ lostBecause: null, startSkewMs: null },
    },
  }));
  const rest: Omit<Batch, "windows"> & { readonly facts: unknown } = {
    facts: { ...facts, classes, thresholds: parseThresholds(written) },
    run: { state: "finished" },
    workers,
    health: seconds.map(({ health }, at) => ({
      ...{ startMs: at * 1_000, widthMs: 1_000 },
      samples: new Map(health.map(([requests, percent], worker) => [worker + 1, [sample(at, requests, percent)]])),
    })),
  };
  const windows = seconds.map(({ events, users }, at) => delta(at, events, { users: { ...users } }));
  return withRecorded(windows, (input) => JSON.parse(JSON.stringify(buildRunReport(input))), rest);
}

function sample(second: number, requests: number, percent: number): HealthSample {
  return {
    ...{ atMs: second * 1_000, widthMs: 1_000, requests, utilisation: percent / 100, cpu: percent / 50 },
    ...{ loopDelayP99Ms: percent, loopDelayMaxMs: percent, scheduleLagP99Ms: null, gcMs: 0 },
    ...{ heapAfterGcBytes: 1, rssBytes: 1, sockets: 1, fileDescriptors: 1 },
  };
}

/** The value that a threshold has in a result. */
export function thresholdValue({ thresholds }: Result, metric: string): number | null {
  return thresholds.find((one) => one.metric === metric)?.value ?? null;
}
