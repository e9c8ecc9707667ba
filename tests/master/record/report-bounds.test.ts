import assert from "node:assert/strict";
import { test } from "node:test";
import { ReportBounds, type ReportedSoFar } from "../../../src/master/record/report-bounds.ts";
import { ProtocolError } from "../../../src/protocol/channel.ts";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import type { IntervalReport } from "../../../src/stats/interval-report.ts";
import { RunTotals } from "../../../src/stats/run-totals.ts";
import { failedRequest } from "../../stats/failed-request-fixture.ts";
import { fineReport } from "../../stats/health-fixtures.ts";
import { reportOf } from "../../stats/recorder-events.ts";

const most = Number.MAX_SAFE_INTEGER;
const first: ReportedSoFar = { atMs: 1_000, reportedToMs: null };

function reported(record: (recorder: IntervalRecorder) => void, part: Partial<IntervalReport> = {}): IntervalReport {
  const recorder = new IntervalRecorder(true);
  record(recorder);
  return { ...reportOf(recorder), ...part };
}

function oneRequest(recorder: IntervalRecorder) {
  const endpoint = recorder.endpoint("GET", "/");
  endpoint.record(1_000, 2_000, 10, 20);
  return endpoint;
}

const progress = { scenario: 0, made: 0, late: 0, dropped: 0, asked: 0 };
const gauge = { kind: "gauge", value: 2, min: 1, max: 3, atMs: 500 } as const;
const tasks = [{ scenario: "s", className: "A", tasks: [{ name: "t", executions: most }] }];
const phase = { phase: 4, requests: 1, sumMicros: 5, maxMicros: 5 };
const error = { method: "GET", name: "/", kind: "other", message: "m", count: 1, stack: "" } as const;

function phasesOf(...phases: IntervalReport["endpoints"][number]["phases"]): Partial<IntervalReport> {
  const { endpoints } = reported(oneRequest);
  return { endpoints: endpoints.map((endpoint) => ({ ...endpoint, phases })) };
}

for (const [what, report] of [
  ["a request", reported(oneRequest)],
  ["the last report of a load, whose second is not over", reported(oneRequest, { window: 0, windowCount: 2 })],
  ["all that a worker can report", reported(oneRequest, { health: fineReport, peakUsers: 2, load: [progress] })],
  ["a gauge", reported(() => {}, { metrics: [{ name: "g", metric: gauge }] })],
  ["a phase", reported(() => {}, phasesOf(phase))],
  ["a failed request", reported(() => {}, { errors: [{ ...error, samples: [failedRequest({ atMs: 900 })] }] })],
  ["a trend of large values", reported((recorder) => recorder.seriesOf("trend", "t").record(1e15, 1e15, 0, 0))],
] as const) {
  test(`${what} is possible`, () => {
    new ReportBounds().require(report, first);
  });
}

for (const [what, report, soFar, reason] of [
  ["bytes beyond any network", reported((r) => (oneRequest(r).bytesIn = most)), first, /more bytes/],
  ["iterations beyond any thread", reported((r) => (r.completedIterations = most)), first, /more requests, iterations/],
  [
    "more failed iterations than iterations",
    reported((r) => (r.failedIterations = 1)),
    first,
    /more iterations failed/,
  ],
  [
    "checks beyond any thread",
    reported((r) => r.checks.set("c", { passes: most, failures: 0 })),
    first,
    /more requests/,
  ],
  ["executions beyond any thread", reported(() => {}, { tasks }), first, /more requests/],
  ["errors beyond any thread", reported(() => {}, { errors: [{ ...error, count: most }] }), first, /more requests/],
  ["a counter near the largest number", counterOf(1.7e308), first, /a counter above/],
  ["a counter below zero by as much", counterOf(-1.7e308), first, /a counter above/],
  ["a rate beyond any thread", rateOf(most), first, /more requests/],
  [
    "a response of 285 years",
    reported((r) => oneRequest(r).record(1, most, 0, 0)),
    first,
    /a time longer than the run/,
  ],
  ["a delay of 285 years", reported((r) => r.scheduleLag.record(most)), first, /a time longer than the run/],
  [
    "a phase of 285 years",
    reported(() => {}, phasesOf({ ...phase, sumMicros: most, maxMicros: most })),
    first,
    /a phase/,
  ],
  [
    "a phase whose sum is below its maximum",
    reported(() => {}, phasesOf({ ...phase, sumMicros: 4 })),
    first,
    /a phase/,
  ],
  [
    "a phase whose sum is above its maximum",
    reported(() => {}, phasesOf({ ...phase, sumMicros: 6 })),
    first,
    /a phase/,
  ],
  ["a billion users", reported(() => {}, { peakUsers: 1e9 }), first, /more users/],
  [
    "more users of a class than users",
    reported(() => {}, { peakUsers: 1, users: [{ className: "A", count: 2 }] }),
    first,
    /more users of a class/,
  ],
  ["load beyond any worker", reported(() => {}, { load: [{ ...progress, made: most }] }), first, /more load/],
  ["counted iterations beyond any worker", reported(() => {}, { counted: [[0, most]] }), first, /more load/],
  [
    "a gauge from the future",
    reported(() => {}, { metrics: [{ name: "g", metric: { ...gauge, atMs: 1e300 } }] }),
    first,
    /a gauge of another time/,
  ],
  [
    "a gauge from before the run",
    reported(() => {}, { metrics: [{ name: "g", metric: { ...gauge, atMs: -1e6 } }] }),
    first,
    /a gauge of another time/,
  ],
  [
    "a gauge above its maximum",
    reported(() => {}, { metrics: [{ name: "g", metric: { ...gauge, value: 4 } }] }),
    first,
    /outside of its bounds/,
  ],
  [
    "a failed request from the future",
    reported(() => {}, { errors: [{ ...error, samples: [failedRequest({ atMs: 1e9 })] }] }),
    first,
    /a failed request of another time/,
  ],
  [
    "memory beyond any machine",
    reported(() => {}, { health: { ...fineReport, rssBytes: most } }),
    first,
    /more memory/,
  ],
  [
    "a delay of the loop of 285 years",
    reported(() => {}, { health: { ...fineReport, loopDelayMaxMs: 9e12 } }),
    first,
    /a delay longer/,
  ],
  ["CPU time beyond any machine", reported(() => {}, { health: { ...fineReport, cpu: 9e9 } }), first, /more CPU time/],
  ["a window to come", reported(() => {}, { window: 70 }), first, /a window to come/],
  ["all windows of a century", reported(() => {}, { windowCount: 3e9 }), first, /a window to come/],
  [
    "seconds that were reported",
    reported(() => {}, { window: 1 }),
    { atMs: 5_000, reportedToMs: 2_000 },
    /begins at second 1, and the one before ended at 2/,
  ],
  [
    "seconds that leave some out",
    reported(() => {}, { window: 4 }),
    { atMs: 5_000, reportedToMs: 2_000 },
    /begins at second 4/,
  ],
] as const) {
  test(`${what} is refused, with its name`, () => {
    assert.throws(
      () => new ReportBounds().require(report, soFar),
      (error) => error instanceof ProtocolError && reason.test(error.message),
    );
  });
}

test("sums of the run cannot exceed what JSON and the store can hold, also after a resume", () => {
  const known = new RunTotals();
  known.endpoint("GET", "/").bytesIn = most - 100;
  const bounds = new ReportBounds(known);
  const report = reported((recorder) => (oneRequest(recorder).bytesIn = 20));
  bounds.require(report, first);
  bounds.require(report, first);
  assert.throws(() => bounds.require(report, first), /the bytes of the run would exceed 2\^53/);
});

test("a worker may be ahead by as long as the machine of the master was suspended, up to a minute", () => {
  new ReportBounds().require(reported(oneRequest, { window: 60 }), first);
});

test("after lost reports, the next one begins later than the last one ended, and not before", () => {
  const soFar = { atMs: 20_000, reportedToMs: 10_000, hasGap: true };
  new ReportBounds().require(reported(oneRequest, { window: 15 }), soFar);
  assert.throws(() => new ReportBounds().require(reported(oneRequest, { window: 9 }), soFar), /it begins at second 9/);
});

function counterOf(sum: number): IntervalReport {
  return reported(() => {}, { metrics: [{ name: "c", metric: { kind: "counter", sum } }] });
}

function rateOf(total: number): IntervalReport {
  return reported(() => {}, { metrics: [{ name: "r", metric: { kind: "rate", count: 0, total } }] });
}
