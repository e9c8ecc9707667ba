import { fewestTimes } from "../../report/page/parts/wide-times.ts";

/** A sparkline as two SVG paths. */
export interface SparkPaths {
  readonly known: string;
  /** The path where there are too few requests for the percentile to be known. */
  readonly few: string;
}

interface Peak {
  readonly value: number | null;
  readonly isFew: boolean;
}

/**
 * Returns a sparkline of a percentile with at most `points` points. Each point is the highest value of a period, so that no peak is lost:
 * of its windows with enough requests or, if none has enough, of all its windows. Null values are gaps; without any value both paths are
 * empty.
 * @param requests the number of requests for each value; null if all values are known
 * @param least the lowest value for the top, so that several lines have the same scale
 */
export function sparkPaths(
  values: readonly (number | null)[],
  requests: readonly number[] | null,
  width: number,
  height: number,
  points = 48,
  least = 0,
): SparkPaths {
  const peaks = stretches(values, requests, points);
  const top = Math.max(least, ...peaks.map(({ value }) => value ?? 0));
  const step = peaks.length > 1 ? width / (peaks.length - 1) : 0;
  const [known, few] = [new Stroke(), new Stroke()];
  let before: { readonly at: string; readonly isFew: boolean } | null = null;
  for (const [position, { value, isFew }] of peaks.entries()) {
    if (value === null) {
      before = null;
      continue;
    }
    const y = top === 0 ? height - 1 : height - 1 - (value / top) * (height - 2);
    const at = `${round(position * step)} ${round(y)}`;
    const stroke = isFew || before?.isFew === true ? few : known;
    if (before !== null) stroke.line(before.at, at);
    // A single point is drawn as a dash.
    else if ((peaks[position + 1]?.value ?? null) === null) stroke.dash(at);
    before = { at, isFew };
  }
  return { known: known.path, few: few.path };
}

class Stroke {
  path = "";
  #end = "";

  line(from: string, to: string): void {
    this.path += from === this.#end ? `L${to}` : `M${from}L${to}`;
    this.#end = to;
  }

  dash(at: string): void {
    this.path += `M${at}h1`;
    this.#end = "";
  }
}

function stretches(values: readonly (number | null)[], requests: readonly number[] | null, points: number): Peak[] {
  const count = Math.min(values.length, points);
  return Array.from({ length: count }, (_, position) => {
    const from = Math.floor((position * values.length) / count);
    const to = Math.floor(((position + 1) * values.length) / count);
    let known: number | null = null;
    let few: number | null = null;
    for (let index = from; index < to; index += 1) {
      const value = values[index] ?? null;
      if (value === null) continue;
      if (requests === null || (requests[index] ?? 0) >= fewestTimes) known = Math.max(known ?? 0, value);
      else few = Math.max(few ?? 0, value);
    }
    return known === null ? { value: few, isFew: true } : { value: known, isFew: false };
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
