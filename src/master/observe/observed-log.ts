import type { ResolvedSource } from "../../scenario/observe/resolve-observe.ts";
import type { Observed, ObservedSample, ObservedSeries, ObservedSource } from "../../stats/observed-series.ts";
import type { ObservedRecords } from "../../store/batch.ts";
import { targetOf } from "./readers.ts";

/** The most series that the sources of a run may have together: a service could name any number. */
export const mostObservedSeries = 200;

/** The most values that are kept of a run: 200 series, read every 5 s, reach it after 7 hours, and 10 series after 6 days. */
const mostObservedSamples = 1_000_000;

type Changing<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] };

interface GrowingSeries extends Omit<ObservedSeries, "samples"> {
  readonly samples: ObservedSample[];
}

/** All values that were observed in a run so far. */
export class ObservedLog implements Observed {
  readonly #sources: readonly Changing<ObservedSource>[];
  /** The series by name. */
  readonly #series = new Map<string, GrowingSeries>();
  /** How many values of each series are committed, by its name. */
  readonly #committed = new Map<string, number>();
  readonly #changed = new Set<Changing<ObservedSource>>();
  #samples = 0;

  /** @param known the observed values of a resumed run; null for a new run */
  constructor(sources: readonly ResolvedSource[], known: Observed | null) {
    this.#sources = sources.map(({ name, everyMs, definition }) => {
      const before = known?.sources.find((one) => one.name === name);
      const { readings = 0, failures = 0, lastFailure = null } = before ?? {};
      return { name, kind: definition.kind, target: targetOf(definition), everyMs, readings, failures, lastFailure };
    });
    for (const { samples, ...series } of known?.series ?? []) {
      this.#series.set(series.name, { ...series, samples: [...samples] });
      this.#committed.set(series.name, samples.length);
      this.#samples += samples.length;
    }
    // Store a source even if it has given no value yet.
    for (const source of this.#sources) this.#changed.add(source);
  }

  get sources(): readonly ObservedSource[] {
    return this.#sources;
  }

  /** All series, in the order of their sources, then of their first values. */
  get series(): readonly ObservedSeries[] {
    const all = [...this.#series.values()];
    return this.#sources.flatMap(({ name }) => all.filter(({ source }) => source === name));
  }

  /** Whether no further value is kept. */
  get isFull(): boolean {
    return this.#samples >= mostObservedSamples;
  }

  /**
   * Counts a reading that has ended. `failure`: why it gave no value, or not all of its values; null if it did not
   * fail.
   */
  count(name: string, failure: ObservedSource["lastFailure"]): void {
    const source = this.#sources.find((one) => one.name === name);
    if (source === undefined) return;
    source.readings++;
    if (failure !== null) {
      source.failures++;
      source.lastFailure = failure;
    }
    this.#changed.add(source);
  }

  /**
   * Adds a value to a series. A value that is not later than the previous one is dropped: at first, the time of a
   * resumed run is an estimate.
   * @returns false if there is no room for another series
   */
  add(of: Omit<ObservedSeries, "samples">, sample: ObservedSample): boolean {
    const known = this.#series.get(of.name);
    if (known === undefined && this.#series.size >= mostObservedSeries) return false;
    const series = known ?? { ...of, samples: [] };
    this.#series.set(of.name, series);
    const last = series.samples.at(-1);
    if (this.isFull || (last !== undefined && last.atMs >= sample.atMs)) return true;
    series.samples.push(sample);
    this.#samples++;
    return true;
  }

  /** Returns the records to commit. They stay pending until `committed`. */
  pending(): ObservedRecords {
    const sources = this.#sources.flatMap((source, position) =>
      this.#changed.has(source) ? [{ ...source, position }] : [],
    );
    const series = [...this.#series.values()].flatMap(({ samples, ...of }) => {
      const committed = this.#committed.get(of.name) ?? 0;
      return samples.length > committed ? [{ ...of, samples: samples.slice(committed) }] : [];
    });
    return { sources, series };
  }

  /** Notes that the batch is durable. Nothing was observed since it was made: both happen in the same turn. */
  committed({ series }: ObservedRecords): void {
    this.#changed.clear();
    for (const { name, samples } of series) {
      this.#committed.set(name, (this.#committed.get(name) ?? 0) + samples.length);
    }
  }
}
