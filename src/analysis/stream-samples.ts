import type { Selector } from "../core/thresholds/selector.ts";
import { EndpointTotals, type RunTotals } from "../stats/run-totals.ts";
import { type StreamSeries, streamedEndpoint } from "../stats/stream-totals.ts";
import { selectedAmong } from "./selected-endpoints.ts";

const seriesOfMetric: Readonly<Record<string, StreamSeries>> = {
  first_event: "first-event",
  event_gap: "event-gap",
  stream_events: "event-gap",
  stream_duration: "stream",
};

/** The samples of a metric of streams that the selector matches, merged into one. */
export function streamSamples(selector: Selector, totals: RunTotals): EndpointTotals {
  const sum = new EndpointTotals("", "Aggregated");
  for (const samples of selectedStreams(selector, totals)) sum.merge(samples);
  return sum;
}

/**
 * Adds the samples of a metric of streams that the selector matches to `to`, each under its own name so that the same
 * selector finds it.
 */
export function addStreams(selector: Selector, from: RunTotals, to: RunTotals): void {
  const kind = seriesOfMetric[selector.metric.name];
  if (kind === undefined) return;
  for (const samples of selectedStreams(selector, from)) to.addTo(kind, samples.name).merge(samples);
}

function* selectedStreams({ metric, conditions }: Selector, totals: RunTotals): Generator<EndpointTotals> {
  const wanted = seriesOfMetric[metric.name];
  const all = [...totals.eachSeries()].flatMap(({ kind, samples }) => {
    return kind === wanted ? [{ ...streamedEndpoint(samples.name), samples }] : [];
  });
  const isSelected = selectedAmong(conditions, all);
  for (const one of all) if (isSelected(one)) yield one.samples;
}
