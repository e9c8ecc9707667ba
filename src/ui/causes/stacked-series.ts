import type { Slices } from "../../report/page/model.ts";
import { ratesOfSlices, timedColumns } from "../../report/page/parts/range-figures.ts";
import { allEndpoints, type EndpointKey, keyOf } from "../data/endpoint-key.ts";
import type { ChartData, Line } from "../data/series.ts";

/**
 * Lines that are drawn on top of each other: the first is the sum of all parts, and each next line leaves out the
 * topmost part of the line before.
 */
export interface StackedData extends ChartData {
  readonly names: readonly string[];
  /** The values of each part alone. */
  readonly parts: readonly Line[];
}

/** The number of kinds of failures with a part of their own. All other kinds are one part, so that the parts can be distinguished. */
const mostKinds = 5;
const otherKinds = "other kinds";

/**
 * Returns the failures per second by kind, in each slice; null for an endpoint that the slices do not have.
 * @param status a kind, or empty for all
 */
export function failureSeries(slices: Slices, endpoint: EndpointKey, status: string): StackedData | null {
  const columns =
    endpoint === allEndpoints ? timedColumns(slices, null) : slices.endpoints.filter((one) => keyOf(one) === endpoint);
  if (endpoint !== allEndpoints && columns.length === 0) return null;
  const counts = new Map<string, number[]>();
  for (const { failureKinds } of columns) {
    for (const [slice, kinds] of failureKinds.entries()) {
      for (const [kind, count] of Object.entries(kinds)) {
        const line = counts.get(kind) ?? slices.startMs.map(() => 0);
        line[slice] = (line[slice] ?? 0) + count;
        counts.set(kind, line);
      }
    }
  }
  const chosen = [...counts].filter(([kind]) => status === "" || kind === status);
  const most = chosen.toSorted(([, a], [, b]) => sumOf(b) - sumOf(a));
  const rest = most.slice(mostKinds).map(([, line]) => line);
  const shown = [
    ...most.slice(0, mostKinds),
    ...(rest.length === 0
      ? []
      : [[otherKinds, slices.startMs.map((_, slice) => sumOf(rest.map((one) => one[slice] ?? 0)))] as const]),
  ];
  return stacked(
    slices,
    shown.map(([name, line]) => ({ name, line: ratesOfSlices(slices, line) })),
  );
}

/** Returns the mean time of each phase of a request in ms, in each slice; null if the slices do not have it for the endpoint. */
export function phaseSeries(slices: Slices, endpoint: EndpointKey): StackedData | null {
  if (endpoint === allEndpoints) {
    const all = slices.series.filter(({ kind }) => kind === "phase");
    return stacked(
      slices,
      all.map(({ name, values }) => ({ name, line: values })),
    );
  }
  const own = slices.endpoints.find((one) => keyOf(one) === endpoint)?.phasesMs;
  if (own === undefined) return null;
  return stacked(
    slices,
    Object.entries(own).map(([name, line]) => ({ name, line })),
  );
}

/** Stacks lines, the first at the bottom. */
function stacked(slices: Slices, parts: readonly { readonly name: string; readonly line: Line }[]): StackedData {
  const ends = [...slices.startMs.slice(1), slices.endMs];
  const sums: Line[] = [];
  for (const { line } of parts) {
    const below = sums.at(-1);
    sums.push(line.map((value, at) => (value == null ? null : value + (below?.[at] ?? 0))));
  }
  return {
    x: parts.length === 0 ? [] : slices.startMs.map((start, slice) => (start + (ends[slice] ?? start)) / 2_000),
    lines: sums.toReversed(),
    names: parts.map(({ name }) => name).toReversed(),
    parts: parts.map(({ line }) => line).toReversed(),
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
