import { countsInTotals } from "../../../core/measure-kind.ts";
import { phaseNames } from "../../../core/request-phase.ts";
import { reconnectsMetric, retriesMetric } from "../../../core/thresholds/metrics.ts";
import { mergeScalars, type ScalarMetric } from "../../../stats/scalar-metric.ts";
import { significantMs } from "../../numbers.ts";
import { mergedTrends, mergeInto, type TrendSum, valueOfScalar } from "../metric-values.ts";
import type { SliceSeries } from "../model.ts";
import type { Block } from "../window-blocks.ts";

/** The sums of a slice that are not by endpoint. */
export interface SliceSums {
  readonly widthMs: number;
  /** The number of requests whose times were measured, and the sum of each phase over them. */
  readonly timed: number;
  readonly phaseMicros: readonly number[];
  readonly metrics: ReadonlyMap<string, ScalarMetric>;
  readonly trends: ReadonlyMap<string, TrendSum>;
}

export const noSums: SliceSums = {
  widthMs: 0,
  timed: 0,
  phaseMicros: phaseNames.map(() => 0),
  metrics: new Map(),
  trends: new Map(),
};

/** Returns the sums of a block. They share no memory with the block, whose contents change in the next step. */
export function sumsOf({ widthMs, endpoints, metrics, trends }: Block): SliceSums {
  const counted = endpoints.filter(countsInTotals);
  return {
    widthMs,
    timed: counted.reduce((sum, { serviceTime }) => sum + serviceTime.count, 0),
    phaseMicros: phaseNames.map((_, phase) => counted.reduce((sum, one) => sum + one.phases.of(phase).sumMicros, 0)),
    metrics: new Map(metrics),
    trends: new Map(trends),
  };
}

export function mergedSums(a: SliceSums, b: SliceSums): SliceSums {
  return {
    widthMs: a.widthMs + b.widthMs,
    timed: a.timed + b.timed,
    phaseMicros: a.phaseMicros.map((micros, phase) => micros + (b.phaseMicros[phase] ?? 0)),
    metrics: mergedMaps(a.metrics, b.metrics, mergeScalars),
    trends: mergedMaps(a.trends, b.trends, mergedTrends),
  };
}

function mergedMaps<Value>(
  a: ReadonlyMap<string, Value>,
  b: ReadonlyMap<string, Value>,
  merge: (a: Value, b: Value) => Value,
): ReadonlyMap<string, Value> {
  if (b.size === 0) return a;
  const all = new Map(a);
  for (const [name, value] of b) mergeInto(all, name, value, merge);
  return all;
}

const mostMetrics = 50;

/** Returns the phases that took time, and at most 50 metrics of the test, with a value for each slice. */
export function seriesOfSlices(slices: readonly SliceSums[]): SliceSeries[] {
  const phases = phaseNames.map((name, phase): SliceSeries => {
    const values = slices.map(({ timed, phaseMicros }) =>
      timed === 0 ? null : significantMs((phaseMicros[phase] ?? 0) / timed),
    );
    return { kind: "phase", name, values };
  });
  const metrics = namesIn(slices.map((slice) => slice.metrics)).map((name) => {
    return metricSeries(name, slices, slices.flatMap(({ metrics }) => metrics.get(name)?.kind ?? [])[0] ?? "gauge");
  });
  const trends = namesIn(slices.map((slice) => slice.trends)).map((name): SliceSeries => {
    const sums = slices.map((slice) => slice.trends.get(name));
    const values = sums.map((sum) => (sum === undefined ? null : digits(sum.sumMicros / sum.count / 1_000)));
    return { kind: "trend", name, values };
  });
  const hasTime = ({ values }: SliceSeries) => values.some((value) => value !== null && value > 0);
  return [...phases.filter(hasTime), ...[...metrics, ...trends].slice(0, mostMetrics)];
}

function metricSeries(name: string, slices: readonly SliceSums[], kind: ScalarMetric["kind"]): SliceSeries {
  const values = slices.map(({ metrics, widthMs }) => {
    // A counter without an entry is 0.
    const metric = metrics.get(name) ?? (kind === "counter" ? ({ kind, sum: 0 } as const) : undefined);
    const value = metric === undefined ? null : valueOfScalar(metric, widthMs);
    return value === null ? null : digits(value);
  });
  return { kind, name, values };
}

function namesIn(maps: readonly ReadonlyMap<string, unknown>[]): string[] {
  const names = new Set(maps.flatMap((map) => [...map.keys()]));
  // These metrics have their own fields in the result.
  return [...names].filter((name) => name !== reconnectsMetric && name !== retriesMetric).sort();
}

/** Rounds to four significant digits, which are short and exact enough to compare. */
function digits(value: number): number {
  return Number(value.toPrecision(4));
}
