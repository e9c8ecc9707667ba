import { evaluateThreshold, type ThresholdOutcome } from "../core/thresholds/evaluate.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import { percentileConfidence } from "./closeness.ts";
import { histogramOf, metricSourceOf, type RunMeasurements } from "./metric-source.ts";

export interface JudgedThreshold extends ThresholdOutcome {
  /** The percentile may as well lie on the other side of its bound: another run could end the other way. */
  readonly close: boolean;
}

/** Holds a threshold against all of `run`. */
export function judgeThreshold(threshold: Threshold, run: RunMeasurements): JudgedThreshold {
  return {
    ...evaluateThreshold(threshold, metricSourceOf(run)),
    close: isClose(threshold, run),
  };
}

function isClose(threshold: Threshold, { totals }: RunMeasurements): boolean {
  const { metric } = threshold.selector;
  const histogram = histogramOf(metric.name, threshold.selector, totals);
  return histogram !== undefined && percentileConfidence(threshold, histogram)?.close === true;
}
