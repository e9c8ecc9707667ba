import fc from "fast-check";
import { type FailureKind, failureKinds } from "../../src/core/failure-kind.ts";
import { phaseNames } from "../../src/core/request-phase.ts";
import type { EndpointRecorder } from "../../src/stats/endpoint-recorder.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import {
  type EndpointReport,
  type IntervalReport,
  type SeriesKind,
  seriesKinds,
} from "../../src/stats/interval-report.ts";
import { type EndpointTotals, listFailureKinds, type RunTotals } from "../../src/stats/run-totals.ts";
import type { ScalarMetric } from "../../src/stats/scalar-metric.ts";
import { anyMicros, contentOf, encode } from "./histogram/histogram-fixtures.ts";

/** An event that a worker counts. */
export type RecorderEvent =
  | {
      readonly kind: "request";
      readonly method: string;
      readonly name: string;
      readonly micros: number;
      /** The time from when it was due until it was sent; default 0. */
      readonly waitedMicros?: number;
      /** The part of it that was spent in each phase. */
      readonly phases?: readonly { readonly phase: number; readonly micros: number }[];
      readonly bytesIn: number;
      readonly bytesOut: number;
      readonly failure: { readonly kind: FailureKind; readonly message: string } | null;
    }
  | { readonly kind: "arrival"; readonly lagMicros: number; readonly blockedMicros: number }
  | { readonly kind: "exception"; readonly task: string; readonly message: string; readonly stack?: string }
  | { readonly kind: "check"; readonly name: string; readonly passed: boolean }
  | { readonly kind: "sample"; readonly series: SeriesKind; readonly name: string; readonly micros: number }
  | {
      readonly kind: "group";
      readonly path: string;
      readonly activeMicros: number;
      readonly pausedMicros: number;
      readonly hasFailed: boolean;
    }
  | { readonly kind: "stream"; readonly name: string; readonly firstMs: number; readonly gapsMs: readonly number[] }
  | { readonly kind: "metric"; readonly name: string; readonly metric: ScalarMetric }
  | { readonly kind: "task"; readonly scenario: string; readonly className: string; readonly task: number }
  | { readonly kind: "unawaited"; readonly task: string; readonly requests: number }
  | {
      readonly kind: "iteration";
      readonly counter:
        | "completedIterations"
        | "failedIterations"
        | "interruptedIterations"
        | "droppedIterations"
        | "startedUsers"
        | "failedStarts";
    };

/** Names recur in one list of events, and some contain the characters of separators. */
const names = fc.oneof(
  fc.constantFrom("/jobs", "/jobs/:id", "(other)", "a b", "", "naïve 🦊", "toString", "__proto__"),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);
const messages = fc.oneof(fc.constantFrom("404 Not Found", "boom"), fc.string({ unit: "grapheme", maxLength: 20 }));
const byteCounts = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 2 ** 40 }));

const requestEvent = fc.record({
  kind: fc.constant("request" as const),
  method: fc.constantFrom("GET", "POST", "DELETE"),
  name: names,
  micros: anyMicros,
  waitedMicros: anyMicros,
  phases: fc.array(fc.record({ phase: fc.nat({ max: phaseNames.length - 1 }), micros: anyMicros }), { maxLength: 3 }),
  bytesIn: byteCounts,
  bytesOut: byteCounts,
  failure: fc.option(fc.record({ kind: fc.constantFrom(...failureKinds), message: messages })),
});

const scalarKinds = ["counter", "rate", "gauge"] as const;
const amounts = fc.integer({ min: 0, max: 1e9 });

/** A name has one kind, as in a test. Sums of whole numbers are the same in every order. */
function metricEvent(kind: ScalarMetric["kind"]): fc.Arbitrary<RecorderEvent> {
  const metric: fc.Arbitrary<ScalarMetric> =
    kind === "counter"
      ? amounts.map((sum) => ({ kind, sum }))
      : kind === "rate"
        ? fc.tuple(amounts, amounts).map(([a, b]) => ({ kind, count: Math.min(a, b), total: Math.max(a, b) }))
        : fc.tuple(amounts, amounts).map(([value, atMs]) => ({ kind, value, min: value, max: value, atMs }));
  return fc
    .tuple(fc.constantFrom("", "naïve 🦊", "x"), metric)
    .map(([name, one]) => ({ kind: "metric" as const, name: `${kind} ${name}`, metric: one }));
}

/** The number of users of every class. */
const taskNames = ["list", "list jobs", "(other)", "toString"].map((name) => ({ name }));

export const recorderEvents: fc.Arbitrary<RecorderEvent[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: requestEvent },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("exception" as const),
        task: names,
        message: messages,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("arrival" as const), lagMicros: anyMicros, blockedMicros: anyMicros }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("check" as const), name: names, passed: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("sample" as const),
        series: fc.constantFrom(...seriesKinds),
        name: names,
        micros: anyMicros,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("group" as const),
        path: names,
        activeMicros: anyMicros,
        pausedMicros: fc.oneof(fc.constant(0), anyMicros),
        hasFailed: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.oneof(...scalarKinds.map(metricEvent)) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("task" as const),
        scenario: fc.constantFrom("default", "a b", "a"),
        className: fc.constantFrom("b c", "c", "naïve 🦊", "__proto__"),
        task: fc.nat(taskNames.length - 1),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("iteration" as const),
        counter: fc.constantFrom(
          "completedIterations" as const,
          "failedIterations" as const,
          "interruptedIterations" as const,
          "droppedIterations" as const,
          "startedUsers" as const,
          "failedStarts" as const,
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("unawaited" as const),
        task: names,
        requests: fc.integer({ min: 1, max: 1_000 }),
      }),
    },
  ),
  { maxLength: 12 },
);

/** Counts `events` as a worker does; without an open load there are no arrivals and no request waits. */
export function record(events: readonly RecorderEvent[], recorder = new IntervalRecorder()): IntervalRecorder {
  for (const event of events) recordEvent(event, recorder);
  return recorder;
}

function recordEvent(event: RecorderEvent, recorder: IntervalRecorder): void {
  switch (event.kind) {
    case "check":
      recorder.check(event.name, event.passed);
      return;
    case "sample":
      recordSample(event, recorder);
      return;
    case "group":
      recordGroup(event, recorder);
      return;
    case "stream":
      recordStream(event, recorder);
      return;
    case "metric":
      recorder.addMetric(event.name, event.metric);
      return;
    case "task":
      recorder.tasks.of(event.scenario, event.className, taskNames).count(event.task);
      return;
    case "unawaited":
      recorder.requestsNotAwaited(event.task, event.requests);
      return;
    case "exception":
      recorder.exception(event.task, event.message, () => event.stack ?? "");
      return;
    case "iteration":
      recorder[event.counter]++;
      return;
    case "request":
      recordRequest(event, recorder);
      return;
    case "arrival":
      if (!recorder.hasOpenLoad) return;
      recorder.scheduleLag.record(event.lagMicros);
      recorder.blockedTime.record(event.blockedMicros);
  }
}

function recordSample(event: Extract<RecorderEvent, { kind: "sample" }>, recorder: IntervalRecorder): void {
  recorder.seriesOf(event.series, event.name).record(event.micros, event.micros, 0, 0);
}

function recordGroup(event: Extract<RecorderEvent, { kind: "group" }>, recorder: IntervalRecorder): void {
  const samples = recorder.group(event.path);
  if (event.pausedMicros > 0) samples.expectOpenLoad();
  samples.record(event.activeMicros, event.activeMicros + event.pausedMicros, 0, 0);
  if (event.hasFailed) samples.failures[0] = (samples.failures[0] ?? 0) + 1;
}

function recordStream(event: Extract<RecorderEvent, { kind: "stream" }>, recorder: IntervalRecorder): void {
  const { firstMs, gapsMs } = event;
  const { ended, first, events } = recorder.streamsOf(recorder.endpoint("GET", event.name));
  first.record(firstMs * 1_000, firstMs * 1_000, 0, 0);
  events.recordUntimed(0, 0);
  for (const gapMs of gapsMs) events.record(gapMs * 1_000, gapMs * 1_000, 0, 0);
  const micros = gapsMs.reduce((sum, gapMs) => sum + gapMs, firstMs) * 1_000;
  ended.record(micros, micros, 0, 0);
}

function recordRequest(event: Extract<RecorderEvent, { kind: "request" }>, recorder: IntervalRecorder): void {
  const { method, name, micros, waitedMicros = 0, phases = [], bytesIn, bytesOut, failure } = event;
  const endpoint = recorder.endpoint(method, name);
  endpoint.record(micros, micros + (recorder.hasOpenLoad ? waitedMicros : 0), bytesIn, bytesOut);
  // A request has each phase once.
  for (const [phase, once] of new Map(phases.map((entry) => [entry.phase, entry.micros])))
    endpoint.phases.record(phase, once);
  if (failure !== null) recorder.failure(endpoint, failure.kind, failure.message);
}

/** The report of the contents of `recorder`, built without the wire format. */
export function reportOf(
  recorder: IntervalRecorder,
  {
    sequence = 1,
    window = 0,
    windowCount = 1,
    peakUsers = 0,
    users = [] as IntervalReport["users"],
    health = null as IntervalReport["health"],
    load = [] as IntervalReport["load"],
  } = {},
): IntervalReport {
  return {
    sequence,
    window,
    windowCount,
    iterations: {
      completed: recorder.completedIterations,
      failed: recorder.failedIterations,
      interrupted: recorder.interruptedIterations,
      dropped: recorder.droppedIterations,
    },
    starts: { succeeded: recorder.startedUsers, failed: recorder.failedStarts },
    tasks: recorder.tasks.list(),
    unawaited: [...recorder.unawaited].flatMap(([name, requests]) => (requests > 0 ? [{ name, requests }] : [])),
    counted: [...recorder.countedIterations],
    load,
    peakUsers,
    users,
    scheduling: recorder.hasOpenLoad
      ? { scheduleLag: encode(recorder.scheduleLag), blockedTime: encode(recorder.blockedTime) }
      : null,
    endpoints: recorder.endpoints.filter(({ requests }) => requests > 0).map(endpointReportOf),
    series: recorder.series
      .filter(({ samples }) => samples.requests > 0)
      .map(({ kind, samples }) => ({ kind, samples: endpointReportOf(samples) })),
    metrics: [...recorder.metrics].map(([name, metric]) => ({ name, metric })),
    checks: [...recorder.checks].flatMap(([name, counts]) =>
      counts.passes + counts.failures > 0 ? [{ name, ...counts }] : [],
    ),
    errors: [...recorder.errors.values()].map((error) => ({ ...error })),
    health,
  };
}

function endpointReportOf(endpoint: EndpointRecorder): EndpointReport {
  const { method, name, requests, bytesIn, bytesOut, failures, serviceTime, responseTime, phases } = endpoint;
  return {
    method,
    name,
    requests,
    bytesIn,
    bytesOut,
    failures: failureKinds.flatMap((kind, position) => {
      const count = failures[position] ?? 0;
      return count > 0 ? [{ kind, count }] : [];
    }),
    serviceTime: encode(serviceTime),
    responseTime: responseTime === null ? null : encode(responseTime),
    phases: phases.list(),
  };
}

/** The complete contents of totals, in an order that does not depend on that of the reports. */
export function totalsContent(totals: RunTotals) {
  const { completedIterations, failedIterations, interruptedIterations, droppedIterations } = totals;
  return {
    iterations: [completedIterations, failedIterations, interruptedIterations, droppedIterations],
    starts: [totals.startedUsers, totals.failedStarts],
    unawaited: sorted([...totals.unawaited]),
    tasks: sorted(
      totals.tasks
        .list()
        .flatMap(({ scenario, className, tasks }) => tasks.map((task) => ({ scenario, className, ...task }))),
    ),
    endpoints: [...totals.endpoints(), totals.merged()].map(endpointContent),
    checks: sorted([...totals.checks]),
    series: sorted([...totals.eachSeries()].map(({ kind, samples }) => ({ kind, ...endpointContent(samples) }))),
    metrics: sorted([...totals.metrics]),
    errors: sorted(totals.errors()),
    scheduling: [contentOf(totals.scheduleLag), contentOf(totals.blockedTime)],
  };
}

function endpointContent(totals: EndpointTotals) {
  const { method, name, requests, failures, bytesIn, bytesOut } = totals;
  const kinds = listFailureKinds(totals);
  const histograms = [contentOf(totals.serviceTime), contentOf(totals.responseTime)];
  return { method, name, requests, failures, kinds, bytesIn, bytesOut, histograms, phases: totals.phases.list() };
}

function sorted<Item>(items: Item[]): Item[] {
  const keyed = items.map((item): [string, Item] => [JSON.stringify(item), item]);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
