import type { Slices } from "../../report/page/model.ts";
import { ratesOfSlices, timedColumns } from "../../report/page/parts/range-figures.ts";
import { allEndpoints, type EndpointKey, keyOf } from "../data/endpoint-key.ts";
import type { ChartData } from "../data/series.ts";

/** Returns the requests, and the failures of one kind, per second in each slice; null for an endpoint that the slices do not have. */
export function kindSeries(slices: Slices, endpoint: EndpointKey, kind: string): ChartData | null {
  const { startMs, endMs } = slices;
  const columns =
    endpoint === allEndpoints ? timedColumns(slices, null) : slices.endpoints.filter((one) => keyOf(one) === endpoint);
  if (columns.length === 0) return null;
  const sum = (countIn: (column: (typeof columns)[number], slice: number) => number | undefined) =>
    startMs.map((_, slice) => columns.reduce((count, column) => count + (countIn(column, slice) ?? 0), 0));
  const requests = sum((column, slice) => column.requests[slice]);
  const failures = sum((column, slice) => column.failureKinds[slice]?.[kind]);
  return {
    x: startMs.map((start, slice) => (start + (startMs[slice + 1] ?? endMs)) / 2_000),
    lines: [ratesOfSlices(slices, requests), ratesOfSlices(slices, failures)],
  };
}
