import type { FailureKind } from "../../core/failure-kind.ts";
import type { Distributions, RunReport } from "../../report/page/model.ts";
import { type EndpointFigures, rangeFigures, type SliceRange, sliceRange } from "../../report/page/range-figures.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { allEndpoints, keyOf } from "../data/endpoint-key.ts";
import type { Selection } from "./selection.ts";

/** The figures of the selected part of a run. */
export interface SelectedFigures {
  /** The time that the figures cover; null for the whole run. */
  readonly range: SliceRange | null;
  /** All endpoints together; null if the report has no figures of the range. */
  readonly total: EndpointFigures | null;
  readonly endpoints: readonly EndpointFigures[];
  /** The selected endpoint, or all together; null if there are no figures of it. */
  readonly subject: EndpointFigures | null;
  readonly distributions: Distributions;
  readonly iterations: number;
  readonly peakUsers: number;
}

interface Shown extends Pick<RunReport, "result" | "windows" | "distributions"> {
  readonly slices?: RunReport["slices"] | undefined;
}

/** Computes the figures of a time range and of each endpoint in it, and takes those of the whole run from its result. */
export function selectedFigures(report: Shown, { range, endpoint }: Selection): SelectedFigures {
  const figures = range === null ? wholeFigures(report) : figuresIn(report, range.fromMs, range.toMs);
  const { total, endpoints } = figures;
  const subject = endpoint === allEndpoints ? total : (endpoints.find((one) => keyOf(one) === endpoint) ?? null);
  return { ...figures, subject };
}

type AllFigures = Omit<SelectedFigures, "subject">;

function wholeFigures({ result, distributions }: Shown): AllFigures {
  const { total, endpoints, iterations, peakUsers } = result;
  return { range: null, total, endpoints, distributions, iterations, peakUsers };
}

function figuresIn({ windows, slices, distributions }: Shown, fromMs: number, toMs: number): AllFigures {
  const { percentiles } = distributions;
  const nothing = { percentiles, total: { valuesMs: [], maxMs: 0 }, endpoints: [] };
  const range = slices === undefined ? null : sliceRange(slices, fromMs, toMs);
  if (slices === undefined || range === null) {
    const none = { fromMs, toMs, first: 0, end: 0 };
    return { range: none, total: null, endpoints: [], distributions: nothing, iterations: 0, peakUsers: 0 };
  }
  let [iterations, peakUsers] = [0, 0];
  for (const [position, start] of windows.startMs.entries()) {
    if (start < range.fromMs || start >= range.toMs) continue;
    iterations += windows.iterations[position] ?? 0;
    peakUsers = Math.max(peakUsers, windows.users[position] ?? 0);
  }
  return { range, ...rangeFigures(slices, range, percentiles), iterations, peakUsers };
}

/**
 * The failures of the selected part of a run. In a time range they are counted by kind and endpoint, and by message only if
 * the run had one message of this kind there. Exceptions are counted for the whole run only.
 */
export function selectedFailures(
  { errors }: Result,
  selected: SelectedFigures,
  { endpoint, status }: Pick<Selection, "endpoint" | "status">,
): Result["errors"] {
  const isShown = (one: { readonly method: string; readonly name: string }) =>
    endpoint === allEndpoints || keyOf(one) === endpoint;
  const { range } = selected;
  const isOfKind = (kind: string) => status === "" || kind === status;
  if (range === null) return errors.filter((one) => isShown(one) && isOfKind(one.kind));
  return selected.endpoints.filter(isShown).flatMap(({ method, name, failureKinds }) =>
    Object.entries(failureKinds)
      .filter(([kind]) => isOfKind(kind))
      .map(([kind, count]): Result["errors"][number] => {
        const same = errors.filter((one) => one.kind === kind && one.method === method && one.name === name);
        const samples = same
          .flatMap((one) => one.samples ?? [])
          .filter(({ atMs }) => atMs >= range.fromMs && atMs < range.toMs);
        const [only] = same;
        const message = same.length > 1 ? `${same.length} messages` : (only?.message ?? "");
        return { method, name, kind: kind as FailureKind, message, count, stack: "", samples };
      }),
  );
}

/** What is not recomputed for the selected part of a run, in sentences. */
export function selectionNotes(report: Shown, { range, total, endpoints, subject }: SelectedFigures): string[] {
  if (range === null) return [];
  if (total === null) {
    return [
      report.slices === undefined
        ? "This report keeps no figures of parts of the run."
        : "No figures of this time have been reported yet.",
    ];
  }
  const omitted = report.slices?.omittedEndpoints ?? 0;
  const untimed = endpoints.filter(({ responseTimeMs }) => responseTimeMs === null).length;
  return [
    ...(subject === null ? ["The endpoint had no requests in this time, or has no figures of its own."] : []),
    ...(untimed === 0
      ? []
      : [`Times of ${untimed} of ${endpoints.length} endpoints are kept for the whole run only: –.`]),
    ...(report.result.errors.some(({ kind }) => kind === "exception")
      ? ["Exceptions are counted for the whole run only: they are not among these failures."]
      : []),
    ...(omitted === 0 ? [] : [`${omitted} endpoints with the fewest requests count in the total only.`]),
  ];
}
