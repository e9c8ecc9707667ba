import { byCodeUnit } from "./error-totals.ts";
import type { SeriesKind } from "./interval-report.ts";
import { EndpointTotals, type RunTotals } from "./run-totals.ts";

/** The series of the streamed responses of one endpoint. */
export const streamSeries = ["stream", "first-event", "event-gap"] as const satisfies readonly SeriesKind[];

export type StreamSeries = (typeof streamSeries)[number];

interface StreamedEndpoint {
  readonly method: string;
  readonly name: string;
}

/** The streamed responses of one endpoint over the whole run and all workers. */
export interface StreamTotals extends StreamedEndpoint {
  /** Streams that ended, with their failures and whole times. */
  readonly ended: EndpointTotals;
  /** Streams that had an event, with the times to the first one. */
  readonly first: EndpointTotals;
  /** All events, with the times from one to the next as service times. */
  readonly events: EndpointTotals;
}

export function isStreamSeries(kind: SeriesKind): kind is StreamSeries {
  return (streamSeries as readonly SeriesKind[]).includes(kind);
}

/** The name of the series of an endpoint. */
export function streamName({ method, name }: StreamedEndpoint): string {
  return `${method} ${name}`;
}

/** The endpoint of a series with this name. A method contains no space. */
export function streamedEndpoint(series: string): StreamedEndpoint {
  const end = Math.max(0, series.indexOf(" "));
  return { method: series.slice(0, end), name: series.slice(end + 1) };
}

/** Lists the endpoints with streamed responses, sorted by name and method as endpoints are. */
export function streamsOf(totals: RunTotals): StreamTotals[] {
  const names = new Set<string>();
  for (const { kind, samples } of totals.eachSeries()) if (isStreamSeries(kind)) names.add(samples.name);
  const of = (kind: StreamSeries, name: string) => totals.seriesOf(kind, name) ?? new EndpointTotals("", name);
  return [...names]
    .map((name) => ({
      ...streamedEndpoint(name),
      ended: of("stream", name),
      first: of("first-event", name),
      events: of("event-gap", name),
    }))
    .sort((a, b) => byCodeUnit(a.name, b.name) || byCodeUnit(a.method, b.method));
}
