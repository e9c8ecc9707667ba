import { CumulativeHistogram } from "../../../stats/histogram/cumulative-histogram.ts";
import { HeatMapBuilder } from "../heat-map.ts";
import type { HeatMap, Slices } from "../model.ts";
import { nameOf } from "../slow-endpoint.ts";
import { addTimes, timedColumns } from "./range-figures.ts";

/**
 * Returns the heat map of one endpoint, with a column for each slice; null if the slices do not contain its times.
 * @param endpoint "METHOD name"
 */
export function heatOfSlices(slices: Slices, endpoint: string): HeatMap | null {
  const position = slices.endpoints.findIndex((one) => nameOf(one) === endpoint && one.responseTime !== null);
  if (position < 0) return null;
  const columns = timedColumns(slices, position);
  const heat = new HeatMapBuilder(slices.endMs, 1);
  const responseTime = new CumulativeHistogram();
  for (const [slice, startMs] of slices.startMs.entries()) {
    responseTime.reset();
    addTimes(columns, slice, responseTime);
    heat.add({ startMs, widthMs: (slices.startMs[slice + 1] ?? slices.endMs) - startMs, total: { responseTime } });
  }
  return heat.finish();
}
