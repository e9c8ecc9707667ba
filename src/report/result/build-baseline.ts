import type { FigureColumns } from "../../analysis/comparison/compared-run.ts";
import { type Stretch, sectionsOf, stepsOf } from "../../analysis/comparison/sections.ts";
import { summaryOfSamples } from "../../analysis/observed/observed-summary.ts";
import { encodeCompressed } from "../../stats/histogram/codec.ts";
import type { ObservedSeries } from "../../stats/observed-series.ts";
import { type EndpointTotals, RunTotals } from "../../stats/run-totals.ts";
import { streamsOf } from "../../stats/stream-totals.ts";
import type { StoredWindow } from "../../stats/windows.ts";
import type { Baseline } from "./baseline.ts";

/** The maximum number of endpoints, of groups, and of stream times that get a series. */
const mostSeries = 20;

/** The figures of one section of time. */
interface Part {
  readonly users: number;
  readonly total: Figures;
  readonly endpoints: ReadonlyMap<string, Figures>;
}

/** The figures of an endpoint, a group or a stream that are compared. */
type Compared = Pick<EndpointTotals, "method" | "name" | "requests" | "failures" | "responseTime">;

type Figures = { readonly [Column in keyof FigureColumns]: FigureColumns[Column][number] };

const noFigures: Figures = { requests: 0, failures: 0, p50Ms: null, p95Ms: null, p99Ms: null };

/**
 * Builds the baseline of a run from all its data.
 * @param windows ascending
 * @param observed the observed metrics of the service
 */
export function buildBaseline<Run extends Pick<Baseline["run"], "durationMs">>(
  run: Run,
  windows: Iterable<StoredWindow>,
  observed: readonly ObservedSeries[] = [],
): Omit<Baseline, "run"> & { readonly run: Run } {
  const sections = sectionsOf(run.durationMs);
  const stretches = sections.length > 0 ? sections : [{ startMs: 0, endMs: run.durationMs }];
  const steps = stretches.flatMap(stepsOf);
  const { whole, stepParts, sectionParts } = cut(windows, steps, stretches);
  const judged = sections.length > 0 ? sectionParts : [];
  const endpoints: Compared[] = whole.endpoints();
  const groups = groupsOf(whole);
  const streams = streamTimesOf(whole);
  const totals = [...endpoints, ...groups, ...streams];
  const busiest = new Set([endpoints, groups, streams].flatMap(busiestOf));
  return {
    schema: "muster-baseline/1",
    run,
    sectionMs: sections.map(lengthOf),
    series: {
      startMs: steps.map(({ startMs }) => startMs),
      widthMs: steps.map(lengthOf),
      users: stepParts.map(({ users }) => users),
    },
    total: {
      ...summaryOf(whole.merged()),
      sections: columnsOf(judged.map(({ total }) => total)),
      series: columnsOf(stepParts.map(({ total }) => total)),
    },
    // Groups and streams are compared like endpoints.
    endpoints: totals.map((endpoint) => {
      const key = keyOf(endpoint);
      const inEach = (parts: readonly Part[]) =>
        columnsOf(parts.map(({ endpoints }) => endpoints.get(key) ?? noFigures));
      return {
        ...summaryOf(endpoint),
        sections: inEach(judged),
        series: busiest.has(endpoint) ? inEach(stepParts) : null,
      };
    }),
    ...(observed.length === 0 ? {} : { observed: observed.map(observedOf) }),
  };
}

function observedOf({ name, unit, samples }: ObservedSeries) {
  const { count, min, avg, max } = summaryOfSamples(samples);
  return { name, unit, count, min, avg, max };
}

/**
 * Divides the run into steps and sections. Steps lie within sections, so each histogram is decoded only once: steps are
 * added up to sections, and sections to the total.
 */
function cut(windows: Iterable<StoredWindow>, steps: readonly Stretch[], sections: readonly Stretch[]) {
  const whole = new RunTotals();
  const stepParts: Part[] = [];
  const sectionParts: Part[] = [];
  let step = new RunTotals();
  let section = new RunTotals();
  let users = 0;
  const closeStep = () => {
    const end = steps[stepParts.length]?.endMs;
    stepParts.push(partOf(step, users));
    section.merge(step);
    step = new RunTotals();
    users = 0;
    if (end !== sections[sectionParts.length]?.endMs) return;
    sectionParts.push(partOf(section, 0));
    whole.merge(section);
    section = new RunTotals();
  };
  for (const window of windows) {
    // Requests that ended after the run belong to its last step.
    while (stepParts.length < steps.length - 1 && window.startMs >= (steps[stepParts.length]?.endMs ?? 0)) closeStep();
    step.add(window);
    users = Math.max(users, window.peakUsers);
  }
  while (stepParts.length < steps.length) closeStep();
  return { whole, stepParts, sectionParts };
}

function busiestOf(all: readonly Compared[]): Compared[] {
  return all.toSorted((a, b) => b.requests - a.requests).slice(0, mostSeries);
}

/**
 * Returns the groups of a test, with the method "group". Their time leaves out pauses, because pauses belong to the test and
 * are mostly random: a change of the service would be lost in them.
 */
function groupsOf(totals: RunTotals): Compared[] {
  return totals.groups().map(({ name, requests, failures, serviceTime }) => {
    return { method: "group", name, requests, failures, responseTime: serviceTime };
  });
}

/** Returns the first events and the gaps of streams. The method is the name of the metric, and the name is that of the endpoint. */
function streamTimesOf(totals: RunTotals): Compared[] {
  return streamsOf(totals).flatMap(({ first, events }) => [
    { ...timed(first), method: "first_event", responseTime: first.responseTime },
    { ...timed(events), method: "event_gap", responseTime: events.serviceTime },
  ]);
}

/** A time of a stream. Its failures are 0, because failures of streams are those of their endpoint. */
function timed({ name, requests }: EndpointTotals) {
  return { name, requests, failures: 0 };
}

function partOf(totals: RunTotals, users: number): Part {
  const all = [...totals.endpoints(), ...groupsOf(totals), ...streamTimesOf(totals)];
  const endpoints = new Map(all.map((endpoint) => [keyOf(endpoint), figuresOf(endpoint)]));
  return { users, total: figuresOf(totals.merged()), endpoints };
}

function summaryOf(endpoint: Compared) {
  const { method, name, responseTime } = endpoint;
  return { method, name, ...figuresOf(endpoint), histogram: encodeCompressed(responseTime).toString("base64") };
}

function figuresOf({ requests, failures, responseTime }: Compared): Figures {
  const ms = responseTime.percentilesMicros([50, 95, 99]).map((micros) => micros / 1_000);
  const [p50Ms = null, p95Ms = null, p99Ms = null] = responseTime.count === 0 ? [] : ms;
  return { requests, failures, p50Ms, p95Ms, p99Ms };
}

function columnsOf(figures: readonly Figures[]) {
  return {
    requests: figures.map(({ requests }) => requests),
    failures: figures.map(({ failures }) => failures),
    p50Ms: figures.map(({ p50Ms }) => p50Ms),
    p95Ms: figures.map(({ p95Ms }) => p95Ms),
    p99Ms: figures.map(({ p99Ms }) => p99Ms),
  };
}

function keyOf({ method, name }: Compared): string {
  return `${method} ${name}`;
}

function lengthOf({ startMs, endMs }: Stretch): number {
  return endMs - startMs;
}
