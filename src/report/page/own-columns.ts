import { decodeAndAdd } from "../../stats/histogram/codec.ts";
import { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import type { SeriesReport } from "../../stats/interval-report.ts";
import { nothingObserved, type Observed, type ObservedSeries } from "../../stats/observed-series.ts";
import { mergeScalars, type ScalarMetric } from "../../stats/scalar-metric.ts";
import { significantMs } from "../numbers.ts";
import type { Result } from "../result/result-schema.ts";
import { mergeInto, valueOfScalar } from "./metric-values.ts";
import type { OwnColumns, OwnSeries } from "./model.ts";
import { fewestTimes } from "./parts/wide-times.ts";
import type { Block } from "./window-blocks.ts";

/** The maximum number of series of one kind. The first ones of the result are kept. */
const mostOfKind = 12;
/** The maximum number of observed metrics with a chart. The first ones of the test are kept. */
const mostObserved = 24;
/** How long a value is shown if no other one follows, as a number of intervals between readings. */
const heldReadings = 2;
/** The maximum number of entries. A chart cannot show more. */
const mostEntries = 600;

interface Growing {
  readonly kind: OwnSeries["kind"];
  readonly name: string;
  readonly unit?: string;
  readonly values: (number | null)[];
  readonly p95: (number | null)[];
  readonly few: number[];
}

/** The data since the end of the last entry. */
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
  readonly #observed: readonly HeldSeries[];
  #open: OpenEntry | null = null;

  /**
   * @param result the groups, streams and metrics that become series
   * @param blocks the number of blocks that will be added; if there are many, several become one entry
   * @param observed the observed metrics of the service
   */
  constructor(
    result: Pick<Result, "groups" | "streams" | "metrics">,
    blocks: number,
    { sources, series: observed }: Observed = nothingObserved,
  ) {
    this.#observed = observed.slice(0, mostObserved).map((one) => {
      const everyMs = sources.find(({ name }) => name === one.source)?.everyMs ?? 0;
      return { ...one, heldMs: heldReadings * everyMs };
    });
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
      ...this.#observed.map(({ name, unit }) => growing("observed", name, unit)),
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
    for (const { kind, values, p95, few } of this.#series.values()) {
      values.push(kind === "counter" ? 0 : null);
      p95.push(null);
      few.push(0);
    }
    for (const [key, histogram] of timesOf(samples)) {
      const one = this.#series.get(key);
      if (one === undefined || histogram.count === 0) continue;
      const [p50 = 0, p95 = 0] = histogram.percentilesMicros([50, 95]);
      one.values[position] = significantMs(p50);
      one.p95[position] = significantMs(p95);
      one.few[position] = Number(histogram.count < fewestTimes);
    }
    for (const [name, metric] of metrics) {
      const one = this.#series.get(`${metric.kind} ${name}`);
      if (one !== undefined) one.values[position] = valueOfScalar(metric, widthMs);
    }
  }

  #fillObserved(): void {
    for (const series of this.#observed) {
      const values = this.#series.get(`observed ${series.name}`)?.values ?? [];
      for (const [position, value] of observedValues(series, this.#startMs, this.#widthMs).entries()) {
        values[position] = value;
      }
    }
  }

  /** Returns the columns; undefined if the test has no groups, streams, metrics or observed metrics. */
  finish(): OwnColumns | undefined {
    if (this.#open !== null) this.#close(this.#open);
    if (this.#series.size === 0) return undefined;
    this.#fillObserved();
    return {
      startMs: this.#startMs,
      widthMs: this.#widthMs,
      series: [...this.#series.values()].map(({ p95, few, ...series }) => {
        return p95.some((value) => value !== null) ? { ...series, p95, few } : { ...series, p95: null };
      }),
    };
  }
}

/** Returns the times of each series, by "kind name". As in the result, trends and gaps are recorded as service times. */
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

function growing(kind: OwnSeries["kind"], name: string, unit: string | null = null): Growing {
  return { kind, name, ...(unit === null ? {} : { unit }), values: [], p95: [], few: [] };
}

interface HeldSeries extends ObservedSeries {
  /** How long a value is shown if no other one follows. */
  readonly heldMs: number;
}

/**
 * Returns the mean of the readings in each entry. An entry without a reading has the last value before it, because the observed
 * quantity still exists. After `heldMs` without a reading, the source has failed, and the value is null.
 */
function observedValues(
  { samples, heldMs }: HeldSeries,
  startMs: readonly number[],
  widthMs: readonly number[],
): (number | null)[] {
  let next = 0;
  return startMs.map((start, position) => {
    const endMs = start + (widthMs[position] ?? 0);
    const first = next;
    let sum = 0;
    for (; (samples[next]?.atMs ?? Number.POSITIVE_INFINITY) < endMs; next++) sum += samples[next]?.value ?? 0;
    if (next > first) return shown(sum / (next - first));
    const last = samples[next - 1];
    return last !== undefined && start - last.atMs < heldMs ? shown(last.value) : null;
  });
}

/** Rounds a value to the digits that a chart can show. */
function shown(value: number): number {
  return Number(value.toPrecision(5));
}
