import { decodeAndAdd } from "../../stats/histogram/codec.ts";
import { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import type { SeriesReport } from "../../stats/interval-report.ts";
import { mergeScalars, type ScalarMetric } from "../../stats/scalar-metric.ts";
import { significantMs } from "../numbers.ts";
import type { Result } from "../result/result-schema.ts";
import { mergeInto, valueOfScalar } from "./metric-values.ts";
import type { OwnColumns, OwnSeries } from "./model.ts";
import type { Block } from "./window-blocks.ts";

/** The most series of one kind; the first ones of the result. */
const mostOfKind = 12;
/** As many as a chart can show. */
const mostEntries = 600;

interface Growing {
  readonly kind: OwnSeries["kind"];
  readonly name: string;
  readonly values: (number | null)[];
  readonly p95: (number | null)[];
  readonly counts: number[];
}

/** What happened since the end of the last entry. */
interface OpenEntry {
  readonly startMs: number;
  widthMs: number;
  blocks: number;
  readonly samples: SeriesReport[];
  readonly metrics: Map<string, ScalarMetric>;
}

/** Builds the columns of the groups, streams and metrics of the test. */
export class OwnColumnsBuilder {
  readonly #startMs: number[] = [];
  readonly #widthMs: number[] = [];
  readonly #series: ReadonlyMap<string, Growing>;
  readonly #blocksOfEntry: number;
  #open: OpenEntry | null = null;

  /**
   * @param result names the series
   * @param blocks the number of blocks to come; several make one entry if there are many
   */
  constructor(result: Pick<Result, "groups" | "streams" | "metrics">, blocks: number) {
    const { groups = [], streams = [], metrics = [] } = result;
    this.#blocksOfEntry = Math.max(1, Math.ceil(blocks / mostEntries));
    const series = [
      ...groups.map(({ name }) => growing("group", name)).slice(0, mostOfKind),
      ...streams
        .slice(0, mostOfKind)
        .flatMap(({ method, name }) => [
          growing("first-event", `${method} ${name}`),
          growing("event-gap", `${method} ${name}`),
        ]),
      ...metrics.map(({ kind, name }) => growing(kind, name)).slice(0, mostOfKind),
    ];
    this.#series = new Map(series.map((one) => [`${one.kind} ${one.name}`, one]));
  }

  add({ startMs, widthMs, samples, metrics }: Block): void {
    if (this.#series.size === 0) return;
    this.#open ??= { startMs, widthMs: 0, blocks: 0, samples: [], metrics: new Map() };
    const open = this.#open;
    open.widthMs = startMs + widthMs - open.startMs;
    open.blocks += 1;
    open.samples.push(...samples);
    for (const [name, metric] of metrics) mergeInto(open.metrics, name, metric, mergeScalars);
    if (open.blocks >= this.#blocksOfEntry) this.#close(open);
  }

  #close({ startMs, widthMs, samples, metrics }: OpenEntry): void {
    this.#open = null;
    const position = this.#startMs.length;
    this.#startMs.push(startMs);
    this.#widthMs.push(widthMs);
    for (const { kind, values, p95, counts } of this.#series.values()) {
      values.push(kind === "counter" ? 0 : null);
      p95.push(null);
      counts.push(0);
    }
    for (const [key, histogram] of timesOf(samples)) {
      const one = this.#series.get(key);
      if (one === undefined || histogram.count === 0) continue;
      const [p50 = 0, p95 = 0] = histogram.percentilesMicros([50, 95]);
      one.values[position] = significantMs(p50);
      one.p95[position] = significantMs(p95);
      one.counts[position] = histogram.count;
    }
    for (const [name, metric] of metrics) {
      const one = this.#series.get(`${metric.kind} ${name}`);
      if (one !== undefined) one.values[position] = valueOfScalar(metric, widthMs);
    }
  }

  /** Undefined if the test has none of them. */
  finish(): OwnColumns | undefined {
    if (this.#open !== null) this.#close(this.#open);
    if (this.#series.size === 0) return undefined;
    return {
      startMs: this.#startMs,
      widthMs: this.#widthMs,
      series: [...this.#series.values()].map(({ kind, name, values, p95, counts }) => {
        return p95.some((value) => value !== null)
          ? { kind, name, values, p95, counts }
          : { kind, name, values, p95: null };
      }),
    };
  }
}

/** The times of each series, by "kind name". As in the result, trends and gaps are kept as service times. */
function timesOf(samples: readonly SeriesReport[]): Map<string, CumulativeHistogram> {
  const times = new Map<string, CumulativeHistogram>();
  for (const { kind, samples: report } of samples) {
    const key = `${kind} ${report.name}`;
    const histogram = times.get(key) ?? new CumulativeHistogram();
    times.set(key, histogram);
    const isService = kind === "trend" || kind === "event-gap";
    decodeAndAdd(isService ? report.serviceTime : (report.responseTime ?? report.serviceTime), histogram);
  }
  return times;
}

function growing(kind: OwnSeries["kind"], name: string): Growing {
  return { kind, name, values: [], p95: [], counts: [] };
}
