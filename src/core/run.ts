/* What is said of a run in more than one place: by the master, in the store, in results, on the page and on the command line. */

/** The phases of a run, in their order. */
export const runPhases = ["waiting", "preparing", "setup", "running", "stopping", "teardown", "finished"] as const;
export type RunPhase = (typeof runPhases)[number];

/** What happens when a worker is lost while the load runs. */
export const lossPolicies = ["rebalance", "continue", "fail"] as const;
export type LossPolicy = (typeof lossPolicies)[number];

/** What it means when the generator could not do what it should. */
export const strainPolicies = ["invalid", "warn", "ignore"] as const;
export type StrainPolicy = (typeof strainPolicies)[number];

/** Why a run ended. */
export type Ending =
  /** The plan was carried out. */
  | { readonly kind: "completed" }
  | { readonly kind: "signalled"; readonly signal: string }
  /** A threshold that says so did not hold. */
  | { readonly kind: "threshold-breached"; readonly message: string }
  /** The service was seen to drift, and the profile says that this ends the run. */
  | { readonly kind: "drifting"; readonly message: string }
  /** Something in muster threw that never should. */
  | { readonly kind: "defect"; readonly message: string }
  /** Another master has taken up the run. */
  | { readonly kind: "superseded"; readonly message: string }
  | { readonly kind: "too-few-workers"; readonly message: string }
  /** The plan was carried out, but not whole. */
  | { readonly kind: "workers-lost"; readonly message: string }
  | { readonly kind: "test-code-threw"; readonly message: string };

export const runEventKinds = [
  "users-changed",
  "rate-changed",
  "paused",
  "resumed",
  "stopped",
  "statistics-reset",
  "shape-ended",
  "drift-found",
  "trial-ended",
  "search-ended",
  "threshold-breached",
  "worker-lost",
  "worker-left",
  "worker-returned",
  "worker-joined",
  "worker-slow",
  "worker-strained",
  "master-resumed",
  "store-failed",
] as const;
export type RunEventKind = (typeof runEventKinds)[number];

/** Something that happened to a run, for the timeline of its result. */
export interface RunEvent {
  /** Milliseconds since the start of the run. */
  readonly atMs: number;
  readonly kind: RunEventKind;
  /** One line for a person. */
  readonly text: string;
}
