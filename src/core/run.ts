/* The constants and types of a run that master, store, results, web page and command line share. */

/** The phases of a run, in order. */
export const runPhases = ["waiting", "preparing", "setup", "running", "stopping", "teardown", "finished"] as const;
export type RunPhase = (typeof runPhases)[number];

/**
 * What the master does when a worker is lost while the load runs. `continue` accepts that up to half of the load is missing,
 * `continue-any` that any part is.
 */
export const lossPolicies = ["rebalance", "continue", "continue-any", "fail"] as const;
export type LossPolicy = (typeof lossPolicies)[number];

/** How a run is judged if the load generator itself was overloaded. */
export const strainPolicies = ["invalid", "warn", "ignore"] as const;
export type StrainPolicy = (typeof strainPolicies)[number];

/** Why a run ended. */
export type Ending =
  /** The plan was completed. */
  | { readonly kind: "completed" }
  | { readonly kind: "signalled"; readonly signal: string }
  /** A threshold with `abortOnFail` failed. */
  | { readonly kind: "threshold-breached"; readonly message: string }
  /** A drift was found, and the profile ends the run on a drift. */
  | { readonly kind: "drifting"; readonly message: string }
  /** The code of the test ended the run. */
  | { readonly kind: "stopped-by-test"; readonly verdict: "failed" | "invalid"; readonly message: string }
  /** A defect in muster: an unexpected error. */
  | { readonly kind: "defect"; readonly message: string }
  /** Another master has resumed the run. */
  | { readonly kind: "superseded"; readonly message: string }
  | { readonly kind: "too-few-workers"; readonly message: string }
  /** The plan was completed, but part of the load was lost with workers. */
  | { readonly kind: "workers-lost"; readonly message: string }
  | { readonly kind: "test-code-threw"; readonly message: string };

export const runEventKinds = [
  "users-changed",
  "rate-changed",
  "paused",
  "resumed",
  "stopped",
  "stopped-by-test",
  "max-requests",
  "max-cost",
  "max-duration",
  "statistics-reset",
  "shape-ended",
  "drift-found",
  "trial-ended",
  "search-ended",
  "threshold-breached",
  "data-empty",
  "worker-lost",
  "worker-left",
  "worker-returned",
  "worker-joined",
  "worker-slow",
  "worker-idle",
  "worker-strained",
  "master-resumed",
  "master-stalled",
  "source-failed",
  "source-returned",
  "store-failed",
  "audit",
] as const;
export type RunEventKind = (typeof runEventKinds)[number];

/** An event in the timeline of a run's result. */
export interface RunEvent {
  /** Milliseconds since the start of the run. */
  readonly atMs: number;
  readonly kind: RunEventKind;
  /** One line for a person. */
  readonly text: string;
}
