import type {
  CheckSlices,
  EndpointColumns,
  GroupSlices,
  OwnColumns,
  RunReport,
  Slices,
  WorkerReport,
} from "../../report/page/model.ts";
import type { MovingFigure } from "../../report/page/moved-most.ts";
import { ratesOfSlices, sliceTimes, timesOfSlices } from "../../report/page/parts/range-figures.ts";
import { keyOf } from "../data/endpoint-key.ts";
import type { Selection, SelectionChange } from "./selection.ts";

/** The least number of response times with a percentile. With fewer, the percentile depends more on their number than on the service. */
const fewestTimes = 20;
/** The least number of windows with a known p95, with which it is compared by window. With fewer, it is compared by slice. */
const fewestWindows = 8;

type Run = Pick<RunReport, "windows" | "workers"> & {
  readonly slices?: Slices | undefined;
  readonly own?: RunReport["own"];
};

/** A figure that may have moved. Clicking its subject applies `selects`; null if the subject cannot be selected. */
export interface RankedFigure extends MovingFigure {
  readonly selects: SelectionChange | null;
}

/** The part of a run whose figures are wanted: a user class, a worker, a group, a check, or everything. */
export type MovingSubject = Pick<Selection, "worker" | "userClass" | "group" | "check">;

/** The figures that are ranked for the whole run, by source. Add a function for a further kind of figures. */
const sources: readonly ((run: Run) => RankedFigure[])[] = [
  ofAllRequests,
  ofEndpoints,
  ({ slices }) => (slices === undefined ? [] : seriesFigures(slices)),
  ({ slices }) => slices?.groups.flatMap((group) => groupFiguresOver(slices, group)) ?? [],
  ({ slices }) => slices?.checks.flatMap((check) => checkFiguresOver(slices, check)) ?? [],
  ({ own }) => (own === undefined ? [] : observedFigures(own)),
  ({ workers }) => workers.flatMap(workerFigures),
];

/** Returns all figures of a run that may have moved, or the figures of one part of it. */
export function movingFigures(run: Run, { worker, userClass, group, check }: MovingSubject): RankedFigure[] {
  const { slices, workers } = run;
  if (worker !== null) return workers.filter(({ number }) => number === worker).flatMap(workerFigures);
  if (userClass !== "") return classFigures(run, userClass);
  if (slices !== undefined && group !== "") {
    return slices.groups.filter(({ name }) => name === group).flatMap((one) => groupFiguresOver(slices, one));
  }
  if (slices !== undefined && check !== "") {
    return slices.checks.filter(({ name }) => name === check).flatMap((one) => checkFiguresOver(slices, one));
  }
  return sources.flatMap((source) => source(run));
}

function ofAllRequests({ windows: { startMs, widthMs, total }, slices }: Run): RankedFigure[] {
  const subject = { subject: "all endpoints", selects: null } as const;
  const values = total.requests.map((count, position) => (count * 1_000) / (widthMs[position] || 1_000));
  return [
    { ...subject, figure: "requests/s", unit: "per second", floor: 1, startMs, values },
    ...requestFigures(subject, startMs, total, null, slices),
  ];
}

function ofEndpoints({ windows: { startMs, endpoints }, slices }: Run): RankedFigure[] {
  return endpoints.flatMap((endpoint) => {
    const key = keyOf(endpoint);
    const subject = { subject: key, selects: { kind: "endpoint", endpoint: key } } as const;
    const sliced = slices?.endpoints.findIndex((one) => keyOf(one) === key);
    return requestFigures(subject, startMs, endpoint, sliced, slices);
  });
}

/** The users and the iterations of a class. */
function classFigures({ windows: { startMs, usersByClass }, slices }: Run, userClass: string): RankedFigure[] {
  const values = usersByClass[userClass] ?? [];
  const subject = { subject: userClass, selects: null } as const;
  const users: RankedFigure = { ...subject, figure: "users", unit: "number", floor: 1, startMs, values };
  const found = slices?.classes.find(({ name }) => name === userClass);
  if (slices === undefined || found === undefined) return [users];
  const rates = ratesOfSlices(slices, found.executions);
  const { startMs: starts } = slices;
  return [users, { ...subject, figure: "iterations/s", unit: "per second", floor: 1, startMs: starts, values: rates }];
}

function requestFigures(
  subject: Pick<RankedFigure, "subject" | "selects">,
  startMs: readonly number[],
  { requests, failures, p95Ms }: EndpointColumns,
  /** The position of the endpoint in the slices; null for all endpoints, undefined or -1 if the slices do not have it. */
  sliced: number | null | undefined,
  slices: Slices | undefined,
): RankedFigure[] {
  const shares = requests.map((count, position) => (count === 0 ? null : (failures[position] ?? 0) / count));
  const p95 = p95Ms.map((value, position) => ((requests[position] ?? 0) < fewestTimes ? null : value));
  const isKnown = p95.filter((value) => value !== null).length >= Math.max(fewestWindows, startMs.length / 2);
  const times =
    isKnown || sliced === undefined || sliced === -1 || slices === undefined
      ? { startMs, values: p95 }
      : { startMs: slices.startMs, values: sliceTimes(slices, sliced, 95, fewestTimes) };
  return [
    { ...subject, figure: "p95", unit: "ms", floor: 1, ...times },
    { ...subject, figure: "failed", unit: "share", floor: 0.01, startMs, values: shares, counts: requests },
  ];
}

const seriesUnits = { counter: "per second", rate: "share", gauge: "number", trend: "number" } as const;

function seriesFigures({ startMs, series }: Slices): RankedFigure[] {
  return series.map(({ kind, name, values }): RankedFigure => {
    const common = { startMs, values, selects: null } as const;
    if (kind === "phase") return { ...common, subject: "all endpoints", figure: name, unit: "ms", floor: 1 };
    const unit = seriesUnits[kind];
    return { ...common, subject: name, figure: kind, unit, floor: unit === "share" ? 0.01 : smallest(values) };
  });
}

/** Returns the observed metrics of the service. */
function observedFigures({ startMs, series }: OwnColumns): RankedFigure[] {
  return series
    .filter(({ kind }) => kind === "observed")
    .map(({ name, unit, values }): RankedFigure => {
      const figure = unit === undefined ? "observed" : `observed, ${unit}`;
      return { subject: name, selects: null, figure, unit: "number", floor: smallest(values), startMs, values };
    });
}

/** Returns a hundredth of the largest value as the floor, because the magnitude of a test's metric is not known. */
function smallest(values: readonly (number | null)[]): number {
  return Math.max(1e-9, ...values.map((value) => Math.abs(value ?? 0))) / 100;
}

function groupFiguresOver(slices: Slices, group: GroupSlices): RankedFigure[] {
  const { name, requests, failureKinds } = group;
  const { startMs } = slices;
  const subject = { subject: `group ${name}`, selects: { kind: "group", group: name }, startMs } as const;
  const failures = failureKinds.map((kinds) => Object.values(kinds).reduce((sum, some) => sum + some, 0));
  const [p95 = []] = timesOfSlices([group], startMs.length, [95], fewestTimes);
  return [
    { ...subject, figure: "p95", unit: "ms", floor: 1, values: p95 },
    { ...subject, figure: "failed", unit: "share", floor: 0.01, ...sharesOf(failures, requests) },
    { ...subject, figure: "groups/s", unit: "per second", floor: 0.1, values: ratesOfSlices(slices, requests) },
  ];
}

function checkFiguresOver({ startMs }: Slices, { name, passes, failures }: CheckSlices): RankedFigure[] {
  const made = passes.map((count, slice) => count + (failures[slice] ?? 0));
  const subject = { subject: `check ${name}`, selects: { kind: "check", check: name }, startMs } as const;
  return [{ ...subject, figure: "failed", unit: "share", floor: 0.01, ...sharesOf(failures, made) }];
}

function sharesOf(
  parts: readonly number[],
  counts: readonly number[],
): Pick<RankedFigure, "values"> & { counts: readonly number[] } {
  return { counts, values: counts.map((count, slice) => (count === 0 ? null : (parts[slice] ?? 0) / count)) };
}

function workerFigures({ number, series }: WorkerReport): RankedFigure[] {
  const { atMs: startMs, widthMs, requests, cpu, utilisation, loopDelayP99Ms } = series;
  const rate = requests.map((count, position) => (count * 1_000) / (widthMs[position] || 1_000));
  const subject = { subject: `worker #${number}`, selects: { kind: "worker", worker: number }, startMs } as const;
  return [
    { ...subject, figure: "requests/s", unit: "per second", floor: 1, values: rate },
    { ...subject, figure: "CPU", unit: "cores", floor: 0.05, values: cpu },
    { ...subject, figure: "loop utilisation", unit: "share", floor: 0.05, values: utilisation },
    { ...subject, figure: "loop delay p99", unit: "ms", floor: 1, values: loopDelayP99Ms },
  ];
}
