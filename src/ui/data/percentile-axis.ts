import type { DistributionColumn } from "../../report/page/model.ts";
import type { ChartData, Line } from "./series.ts";

/** The x position of a percentile, as HdrHistogram plots it: the number of nines, log10(1 / (1 - percentile)), which spaces 90, 99 and 99.9 evenly. */
export function nines(percentile: number): number {
  return percentile >= 100 ? Number.POSITIVE_INFINITY : -Math.log10(1 - percentile / 100);
}

/** The label of a number of nines: 0 → "0", 1 → "90", 2 → "99", 3 → "99.9". */
export function ninesLabel(value: number): string {
  const percentile = 100 * (1 - 10 ** -value);
  return String(Number(percentile.toFixed(Math.max(0, Math.round(value) - 2) + (Number.isInteger(value) ? 0 : 1))));
}

/** The lines of a percentile chart. Percentile 100, the maximum, has no position on the axis; the tables show it. */
export function percentilePlot(
  percentiles: readonly number[],
  columns: readonly (DistributionColumn | null)[],
): ChartData {
  const shown = percentiles.filter((percentile) => percentile < 100);
  const longest = Math.max(0, ...columns.map((column) => column?.valuesMs.length ?? 0));
  const x = shown.slice(0, longest).map(nines);
  const lines = columns.map((column): Line => x.map((_, position) => column?.valuesMs[position] ?? null));
  return { x, lines };
}
