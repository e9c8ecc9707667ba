import type { FigureKind } from "./figure.ts";

/** The smallest change that matters, however certain a smaller one is. */
export interface MinimalChange {
  /** For response times and throughput: the change relative to the value before. */
  readonly share: number;
  /** For response times: the change in ms. */
  readonly ms: number;
}

export const usualMinimalChange: MinimalChange = { share: 0.05, ms: 1 };

/** The resolution of response times in ms: 0 means less than this. */
const resolutionMs = 0.001;

/** The smallest change of an error rate that matters: 0.1 percentage points. */
const minimalErrorRateChange = 0.001;

/**
 * The scale on which a figure is compared. A positive difference means worse, and equal differences matter equally
 * everywhere on the scale.
 */
export interface FigureScale {
  /** Converts a value to the scale. */
  readonly at: (value: number) => number;
  /** Converts a place on the scale to a value. */
  readonly valueAt: (place: number) => number;
  /** The smallest difference that matters. */
  readonly minimal: number;
  /**
   * Converts a difference on the scale to the reported change: relative to the value before; for error rates the
   * difference.
   */
  readonly reported: (difference: number) => number;
}

/** @param before the figure before the change; above 0 for a throughput */
export function scaleOf(kind: FigureKind, before: number, minimal: MinimalChange): FigureScale {
  switch (kind) {
    // Response times have heavy tails: their logarithms are spread evenly and vary less from run to run.
    case "p50":
    case "p95":
    case "p99":
      return {
        at: (ms) => Math.log(Math.max(ms, resolutionMs)),
        valueAt: Math.exp,
        minimal: Math.log1p(Math.max(minimal.share, minimal.ms / Math.max(before, resolutionMs))),
        reported: Math.expm1,
      };
    case "errorRate":
      return {
        at: (value) => value,
        valueAt: (place) => place,
        minimal: minimalErrorRateChange,
        reported: (difference) => difference,
      };
    // Not the logarithm, which does not exist for a second without requests.
    case "requestsPerSecond":
      return {
        at: (value) => -value / before,
        valueAt: (place) => -place * before,
        minimal: minimal.share,
        reported: (difference) => -difference,
      };
  }
}
