import type { EndpointColumns, RunReport, Slices, WorkerReport } from "../../report/page/model.ts";
import type { MovingFigure } from "../../report/page/moved-most.ts";
import { ratesOfSlices, sliceTimes } from "../../report/page/parts/range-figures.ts";
import { keyOf } from "../data/endpoint-key.ts";
import type { Selection } from "./selection.ts";

/** A percentile of fewer response times says more about their number than about the service. */
const fewestTimes = 20;
/** Worker samples of a wide merged time stand for one value. */
const fewestWindows = 8;

type Run = Pick<RunReport, "windows" | "workers"> & { readonly slices?: Slices | undefined };

/** The part of a run that figures are wanted of: a class of users, a worker, or all. */
export type MovingSubject = Pick<Selection, "worker" | "userClass">;

/** All figures of a run that may move: of endpoints and all together, phases, workers, and the metrics of the test; or of one part. */
export function movingFigures(run: Run, { worker, userClass }: MovingSubject): MovingFigure[] {
  if (worker !== null) return run.workers.filter(({ number }) => number === worker).flatMap(workerFigures);
  return userClass === "" ? figuresOfAll(run) : classFigures(run, userClass);
}

function figuresOfAll({ windows, workers, slices }: Run): MovingFigure[] {
  const { startMs, widthMs, total } = windows;
  const rate = total.requests.map((count, position) => (count * 1_000) / (widthMs[position] || 1_000));
  return [
    { subject: "all endpoints", figure: "requests/s", unit: "per second", floor: 1, startMs, values: rate },
    ...endpointFigures("all endpoints", startMs, total, null, slices),
    ...windows.endpoints.flatMap((endpoint) => {
      const key = keyOf(endpoint);
      return endpointFigures(
        key,
        startMs,
        endpoint,
        slices?.endpoints.findIndex((one) => keyOf(one) === key),
        slices,
      );
    }),
    ...(slices === undefined ? [] : seriesFigures(slices)),
    ...workers.flatMap(workerFigures),
  ];
}

/** The users and the iterations of a class. */
function classFigures({ windows: { startMs, usersByClass }, slices }: Run, subject: string): MovingFigure[] {
  const values = usersByClass[subject] ?? [];
  const users: MovingFigure = { subject, figure: "users", unit: "number", floor: 1, startMs, values };
  const found = slices?.classes.find(({ name }) => name === subject);
  if (slices === undefined || found === undefined) return [users];
  const rates = ratesOfSlices(slices, found.executions);
  const { startMs: starts } = slices;
  return [users, { subject, figure: "iterations/s", unit: "per second", floor: 1, startMs: starts, values: rates }];
}

function endpointFigures(
  subject: string,
  startMs: readonly number[],
  { requests, failures, p95Ms }: EndpointColumns,
  /** The position of the endpoint in the slices; null for all, undefined or -1 without one. */
  sliced: number | null | undefined,
  slices: Slices | undefined,
): MovingFigure[] {
  const shares = requests.map((count, position) => (count === 0 ? null : (failures[position] ?? 0) / count));
  const p95 = p95Ms.map((value, position) => ((requests[position] ?? 0) < fewestTimes ? null : value));
  const isKnown = p95.filter((value) => value !== null).length >= Math.max(fewestWindows, startMs.length / 2);
  const times =
    isKnown || sliced === undefined || sliced === -1 || slices === undefined
      ? { startMs, values: p95 }
      : { startMs: slices.startMs, values: sliceTimes(slices, sliced, 95, fewestTimes) };
  return [
    { subject, figure: "p95", unit: "ms", floor: 1, ...times },
    { subject, figure: "failed", unit: "share", floor: 0.01, startMs, values: shares, counts: requests },
  ];
}

const seriesUnits = { counter: "per second", rate: "share", gauge: "number", trend: "number" } as const;

function seriesFigures({ startMs, series }: Slices): MovingFigure[] {
  return series.map(({ kind, name, values }): MovingFigure => {
    if (kind === "phase") return { subject: "all endpoints", figure: name, unit: "ms", floor: 1, startMs, values };
    const unit = seriesUnits[kind];
    return { subject: name, figure: kind, unit, floor: unit === "share" ? 0.01 : smallest(values), startMs, values };
  });
}

/** A hundredth of the largest value: the magnitude of a metric of the test is not known. */
function smallest(values: readonly (number | null)[]): number {
  return Math.max(1e-9, ...values.map((value) => Math.abs(value ?? 0))) / 100;
}

function workerFigures({ number, series }: WorkerReport): MovingFigure[] {
  const { atMs: startMs, widthMs, requests, cpu, utilisation, loopDelayP99Ms } = series;
  const rate = requests.map((count, position) => (count * 1_000) / (widthMs[position] || 1_000));
  const subject = `worker #${number}`;
  return [
    { subject, figure: "requests/s", unit: "per second", floor: 1, startMs, values: rate },
    { subject, figure: "CPU", unit: "cores", floor: 0.05, startMs, values: cpu },
    { subject, figure: "loop utilisation", unit: "share", floor: 0.05, startMs, values: utilisation },
    { subject, figure: "loop delay p99", unit: "ms", floor: 1, startMs, values: loopDelayP99Ms },
  ];
}
