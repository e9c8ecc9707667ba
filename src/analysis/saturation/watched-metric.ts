import type { Observed, ObservedSample } from "../../stats/observed-series.ts";
import { median } from "../statistics/median.ts";

/** An observed metric of the service, with the properties of its source. */
export interface WatchedMetric {
  readonly name: string;
  readonly unit: string | null;
  /** The name of the sample that a scrape reads, which may say more than the metric's name in the test; null for other sources. */
  readonly sampleName: string | null;
  /** Whether the values are the increase of a counter per second. */
  readonly isRate: boolean;
  /** Whether its growth is a leak, according to the test; null if the test does not say. */
  readonly leak: boolean | null;
  /** The samples in order of time. */
  readonly samples: readonly ObservedSample[];
}

/** The options that the test sets for a source of observed metrics. */
export interface WatchedSource {
  readonly name: string;
  readonly isRate: boolean;
  readonly leak: boolean | null;
}

/**
 * Joins the observed series with the properties of their sources.
 * @param said the options that the test sets for the sources
 */
export function watchedMetrics({ series, sources }: Observed, said: readonly WatchedSource[]): WatchedMetric[] {
  return series.map(({ name, source: of, unit, samples }) => {
    const source = sources.find((one) => one.name === of);
    const options = said.find((one) => one.name === of);
    const isScraped = source?.kind === "prometheus" && source.target !== null;
    return {
      name,
      unit,
      sampleName: isScraped ? (source.target.split(" of ")[0] ?? null) : null,
      isRate: (options?.isRate ?? false) || /(\/s|per second)$/.test(unit ?? ""),
      leak: options?.leak ?? null,
      samples,
    };
  });
}

/** The readings from `fromMs` to `toMs`, both included. */
export function readingsWithin({ samples }: Pick<WatchedMetric, "samples">, fromMs: number, toMs: number) {
  return samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
}

/** The usual time between two readings, in ms; 0 if there are fewer than two. */
export function readingGapMs(samples: readonly ObservedSample[]): number {
  const gaps = samples.slice(1).map(({ atMs }, index) => atMs - (samples[index]?.atMs ?? atMs));
  return gaps.length === 0 ? 0 : median(gaps);
}
