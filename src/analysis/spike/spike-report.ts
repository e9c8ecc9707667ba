import type { FailureKind } from "../../core/failure-kind.ts";

/** The service without a spike: medians over the seconds before the first one. */
export interface SpikeBaseline {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly goodPerSecond: number;
  /** The share of failed requests, 0..1. */
  readonly errorRate: number;
  /** The limit of the p95 up to which the service counts as recovered. */
  readonly recoveredP95Ms: number;
  /** The limit of the error rate up to which the service counts as recovered. */
  readonly recoveredErrorRate: number;
}

export type Absorption =
  /** No target failed during the spike. */
  | { readonly kind: "unharmed" }
  /** Targets failed, but held again `afterMs` after the rise, while the load was still at its peak. */
  | { readonly kind: "absorbed"; readonly afterMs: number }
  | { readonly kind: "not-absorbed" }
  /** The spike was not carried out as planned, or was too short to tell. */
  | { readonly kind: "unwatched"; readonly because: string };

export type Recovery =
  /** The service was back at its baseline `afterMs` after the drop; 0 if it never left it. */
  | { readonly kind: "recovered"; readonly afterMs: number }
  /** The failure persists although the load is gone: it will not end without intervention. */
  | { readonly kind: "metastable"; readonly observedMs: number }
  /**
   * The service had not recovered at the end of the run or at the next spike, which was too early to call it metastable.
   */
  | { readonly kind: "unrecovered"; readonly observedMs: number }
  /** The load was not as planned, or the observation too short to tell. */
  | { readonly kind: "unwatched"; readonly because: string };

/** The seconds with more failures than the baseline, from the first to the last of them. */
export interface ErrorBurst {
  readonly count: number;
  readonly lengthMs: number;
  readonly firstKind: FailureKind;
}

export interface SpikeOutcome {
  /** Whether it is the first spike (`cold`); later ones (`warm`) may find the service scaled out. */
  readonly warmth: "cold" | "warm";
  /** The time from the rise to the first second in which a target failed, when an alarm would ring; null if none failed. */
  readonly detectMs: number | null;
  readonly absorption: Absorption;
  readonly recovery: Recovery;
  readonly peakP99Ms: number | null;
  /**
   * How far the p95 rose above the level at which it settled under peak load, as a fraction of that level; null if it did
   * not settle.
   */
  readonly overshoot: number | null;
  readonly errorBurst: ErrorBurst | null;
  /** The number of requests that were due and did not succeed, from the rise to the recovery. */
  readonly damage: number;
  /**
   * The drop of successful requests per second below the baseline although more were due, as a fraction; 0 if there was
   * none.
   */
  readonly goodputDip: number;
  /** The p50 after the recovery minus that of the baseline; null without a recovery. */
  readonly residualP50Ms: number | null;
}

export interface SpikeReport {
  /** The baseline; null if nothing was measured before the first spike. There are no outcomes then. */
  readonly baseline: SpikeBaseline | null;
  readonly spikes: readonly SpikeOutcome[];
}
