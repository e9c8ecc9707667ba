import type { FigureKind } from "./figure.ts";

/** What is too small to matter, however certain it is. */
export interface MinimalChange {
  /** Of a response time or the throughput: relative to what it was. */
  readonly share: number;
  /** Of a response time. */
  readonly ms: number;
}

export const usualMinimalChange: MinimalChange = { share: 0.05, ms: 1 };

/** Of a response time: 0 means less than that. */
const resolutionMs = 0.001;

/** Of the share of failures: a tenth of a percentage point. */
const minimalErrorRateChange = 0.001;

/**
 * The scale on which a figure is compared: differences on it are positive when things got worse, and are worth the same
 * wherever they are.
 */
export interface FigureScale {
  /** Where `value` lies. */
  readonly at: (value: number) => number;
  /** Less than this much is no change. */
  readonly minimal: number;
  /** A difference on the scale, as it is told: relative to what the figure was; of error rates the difference itself. */
  readonly told: (difference: number) => number;
}

/** @param before what the figure was; a throughput is above 0 */
export function scaleOf(kind: FigureKind, before: number, minimal: MinimalChange): FigureScale {
  switch (kind) {
    // Response times have heavy tails: their logarithms spread evenly, and are more alike from run to run.
    case "p50":
    case "p95":
    case "p99":
      return {
        at: (ms) => Math.log(Math.max(ms, resolutionMs)),
        minimal: Math.log1p(Math.max(minimal.share, minimal.ms / Math.max(before, resolutionMs))),
        told: Math.expm1,
      };
    case "errorRate":
      return { at: (value) => value, minimal: minimalErrorRateChange, told: (difference) => difference };
    // Not the logarithm: a second without any request has none.
    case "requestsPerSecond":
      return { at: (value) => -value / before, minimal: minimal.share, told: (difference) => -difference };
  }
}
