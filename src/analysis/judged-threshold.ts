import { evaluateThreshold, type ThresholdOutcome } from "../core/thresholds/evaluate.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import { percentileConfidence } from "./closeness.ts";
import { histogramOf, metricSourceOf, type RunMeasurements } from "./metric-source.ts";

export interface JudgedThreshold extends ThresholdOutcome {
  /** The percentile may as well lie on the other side of its bound: another run could end the other way. */
  readonly close: boolean;
  /** Of a percentile: where it lies with a confidence of 95 %. `highMs` is null when there are too few samples to say. */
  readonly interval?: { readonly lowMs: number; readonly highMs: number | null };
  /** Nothing in the whole run met its selector: which part of it, and what was there. */
  readonly unmatched?: string;
}

/** Holds a threshold against all of `run`. */
export function judgeThreshold(threshold: Threshold, run: RunMeasurements): JudgedThreshold {
  const outcome = evaluateThreshold(threshold, metricSourceOf(run));
  const histogram = histogramOf(threshold.selector.metric.name, threshold.selector, run.totals);
  const confidence = histogram === undefined ? undefined : percentileConfidence(threshold, histogram);
  if (confidence === undefined) return { ...outcome, close: false };
  const { close, ...interval } = confidence;
  return { ...outcome, close, interval };
}
