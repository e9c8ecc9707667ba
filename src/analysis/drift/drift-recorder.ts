import type { EndpointTotals } from "../../stats/run-totals.ts";
import type { Window } from "../../stats/windows.ts";
import type { DriftSeries, DriftStatistic } from "./drift-series.ts";
import type { JudgedTime } from "./judged-time.ts";

/** The figures of one endpoint, or of all together, in one window. */
export interface EndpointWindow {
  readonly startMs: number;
  readonly durationMs: number;
  readonly requests: number;
  readonly failures: number;
  /** Percentiles of the response time; null without requests. */
  readonly percentilesMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** The longest response time; 0 without requests. */
  readonly maxMs: number;
}

const statistics = ["p50", "p95", "p99", "errorRate", "throughput"] as const satisfies readonly DriftStatistic[];

/**
 * Builds the five series of an endpoint. A window without requests has no times and no error rate, but counts as a
 * throughput of 0.
 *
 * @param limits the bounds of the user's targets, for the statistics that have one
 */
export function endpointSeries(
  subject: string,
  windows: readonly EndpointWindow[],
  limits: Readonly<Partial<Record<DriftStatistic, number>>> = {},
): DriftSeries[] {
  return statistics.map((statistic) => ({
    subject,
    statistic,
    limit: limits[statistic] ?? null,
    windows: windows.flatMap((window) => {
      const { startMs, durationMs, requests } = window;
      const value = measured(window, statistic);
      if (value === null) return [];
      return [{ startMs, durationMs, value, weight: statistic === "throughput" ? durationMs : requests }];
    }),
  }));
}

function measured(window: EndpointWindow, statistic: (typeof statistics)[number]): number | null {
  const { requests, failures, durationMs, percentilesMs } = window;
  if (statistic === "throughput") return durationMs > 0 ? (requests * 1_000) / durationMs : null;
  if (statistic === "errorRate") return requests > 0 ? failures / requests : null;
  return percentilesMs === null ? null : percentilesMs[statistic];
}

/** The maximum number of windows; in a longer run, neighbouring windows are merged. */
const mostWindows = 4_096;
/**
 * The maximum number of endpoints that are judged, those with the most requests: more would only reduce the power of the
 * test for all.
 */
const mostEndpoints = 30;
const total = "total";

export type DriftLimits = Readonly<Partial<Record<DriftStatistic, number>>>;

interface Row {
  startMs: number;
  durationMs: number;
  /** The figures by endpoint, and for all endpoints together. */
  readonly endpoints: Map<string, EndpointWindow>;
}

/**
 * Records a few numbers per endpoint and window, all that the drift analysis needs, with bounded memory for any length of
 * run.
 */
export class DriftRecorder {
  #rows: Row[] = [];

  /** Adds windows in order of time. */
  add({ startMs, widthMs: durationMs, totals }: Window): void {
    const endpoints = new Map<string, EndpointWindow>();
    const put = (name: string, endpoint: EndpointTotals) => {
      endpoints.set(name, endpointWindow(startMs, durationMs, endpoint));
    };
    put(total, totals.merged());
    for (const endpoint of totals.endpoints()) put(`${endpoint.method} ${endpoint.name}`, endpoint);
    this.#rows.push({ startMs, durationMs, endpoints });
    if (this.#rows.length > mostWindows) this.#halve();
  }

  /**
   * Returns the series of all requests together and of each endpoint, of the windows in the judged time.
   * @param limitsOf returns the bounds of the targets of an endpoint, or of all together (null)
   */
  series(
    judged: Pick<JudgedTime, "includes">,
    limitsOf: (endpoint: { method: string; name: string } | null) => DriftLimits,
  ): DriftSeries[] {
    const rows = this.#rows.filter(({ startMs, durationMs }) => judged.includes(startMs, startMs + durationMs));
    const windowsOf = (subject: string) =>
      rows.map(({ startMs, durationMs, endpoints }) => endpoints.get(subject) ?? empty(startMs, durationMs));
    return [
      ...endpointSeries(total, windowsOf(total), limitsOf(null)),
      ...busiest(rows).flatMap((subject) => {
        const at = subject.indexOf(" ");
        const endpoint = { method: subject.slice(0, at), name: subject.slice(at + 1) };
        return endpointSeries(subject, windowsOf(subject), limitsOf(endpoint));
      }),
    ];
  }

  /** Returns the windows of all requests together in the judged time. */
  totalWindows(judged: Pick<JudgedTime, "includes">): EndpointWindow[] {
    const rows = this.#rows.filter(({ startMs, durationMs }) => judged.includes(startMs, startMs + durationMs));
    return rows.flatMap(({ endpoints }) => endpoints.get(total) ?? []);
  }

  #halve(): void {
    const pairs: Row[] = [];
    for (let position = 0; position < this.#rows.length; position += 2) {
      const [first, second] = this.#rows.slice(position, position + 2);
      if (first !== undefined) pairs.push(second === undefined ? first : joined(first, second));
    }
    this.#rows = pairs;
  }
}

function endpointWindow(startMs: number, durationMs: number, endpoint: EndpointTotals): EndpointWindow {
  const { requests, failures, responseTime } = endpoint;
  const [p50 = 0, p95 = 0, p99 = 0] = responseTime.percentilesMicros([50, 95, 99]).map((micros) => micros / 1_000);
  return {
    startMs,
    durationMs,
    requests,
    failures,
    percentilesMs: responseTime.count === 0 ? null : { p50, p95, p99 },
    maxMs: responseTime.count === 0 ? 0 : responseTime.maxMicros / 1_000,
  };
}

function empty(startMs: number, durationMs: number): EndpointWindow {
  return { startMs, durationMs, requests: 0, failures: 0, percentilesMs: null, maxMs: 0 };
}

function busiest(rows: readonly Row[]): string[] {
  const requests = new Map<string, number>();
  for (const { endpoints } of rows) {
    for (const [subject, window] of endpoints) requests.set(subject, (requests.get(subject) ?? 0) + window.requests);
  }
  requests.delete(total);
  const sorted = [...requests].sort(([, a], [, b]) => b - a).slice(0, mostEndpoints);
  return sorted.map(([subject]) => subject).sort();
}

function joined(first: Row, second: Row): Row {
  const { startMs } = first;
  const durationMs = first.durationMs + second.durationMs;
  const subjects = new Set([...first.endpoints.keys(), ...second.endpoints.keys()]);
  const endpoints = [...subjects].map((subject): [string, EndpointWindow] => {
    const parts = [first, second].flatMap((row) => row.endpoints.get(subject) ?? []);
    const sum = (of: (window: EndpointWindow) => number) => parts.reduce((all, part) => all + of(part), 0);
    const requests = sum((part) => part.requests);
    const mean = (percentile: "p50" | "p95" | "p99") =>
      sum((part) => (part.percentilesMs?.[percentile] ?? 0) * part.requests) / requests;
    const percentilesMs = requests === 0 ? null : { p50: mean("p50"), p95: mean("p95"), p99: mean("p99") };
    const maxMs = Math.max(0, ...parts.map((part) => part.maxMs));
    return [subject, { startMs, durationMs, requests, failures: sum((part) => part.failures), percentilesMs, maxMs }];
  });
  return { startMs, durationMs, endpoints: new Map(endpoints) };
}
