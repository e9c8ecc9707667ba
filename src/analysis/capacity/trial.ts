import type { SeriesPoint } from "../statistics/series-point.ts";

/** The stored measurement of one trial at a constant load, after the service had settled. */
export interface TrialFigures {
  /** Iterations that were due. */
  readonly offered: number;
  /** Iterations that ended. */
  readonly achieved: number;
  /** Iterations for which no user was free. */
  readonly dropped: number;
  /** Successful requests per second, however late. */
  readonly succeededPerSecond: number;
  /** The share of requests that failed, 0..1. */
  readonly errorRate: number;
  readonly p95Ms: number;
  /** The 95 % confidence interval of `p95Ms`; `highMs` is null if there were too few requests. Absent without requests. */
  readonly p95IntervalMs?: { readonly lowMs: number; readonly highMs: number | null };
  readonly p99Ms: number;
  /** The targets as text, such as "response_time: p(95)<500", and whether each held. */
  readonly targets: readonly { readonly name: string; readonly held: boolean }[];
  /** Why the load generator spoiled the trial, as text; null if it did not. */
  readonly sickness: string | null;
}

/** The complete measurement that a trial is judged by. */
export interface TrialMeasurement extends TrialFigures {
  /** Iterations due but not ended, about one point per second, relative to an arbitrary start; `at` in seconds. */
  readonly inFlight: readonly SeriesPoint[];
}

/** A reason why the service does not hold a load. */
export type TrialFailure =
  | { readonly kind: "target"; readonly name: string }
  /** Fewer iterations ended than were due. */
  | { readonly kind: "fell-behind"; readonly achievedShare: number }
  | { readonly kind: "dropped"; readonly droppedShare: number }
  /** The number of iterations in flight kept growing: the service would fail in time. */
  | { readonly kind: "backlog"; readonly growthPerSecond: number };

export type TrialOutcome =
  | { readonly kind: "passed" }
  /** At least one failure; failed targets come first. */
  | { readonly kind: "failed"; readonly failures: readonly TrialFailure[] }
  /** The load generator was at fault: the trial says nothing about the service. */
  | {
      readonly kind: "invalid";
      readonly reason: string;
      /** An accident voided the trial, such as a worker that joined or was lost: it is repeated, however often. */
      readonly isVoid?: true;
    };

/** Whether a trial was voided by an accident, which says nothing about the limit of the generator. */
export function isVoid({ outcome }: { readonly outcome: TrialOutcome }): boolean {
  return outcome.kind === "invalid" && outcome.isVoid === true;
}

/**
 * The purpose of a trial: `bracket` looks for the first rate that fails, `narrow` narrows the bracket, `confirm` holds the
 * answer for longer, `probe` tests a rate above it.
 */
export type TrialPurpose = "bracket" | "narrow" | "confirm" | "probe";

/** The times of a trial in ms since the start of the run. The measurement starts at `startMs + settleMs`. */
export interface TrialTimes {
  readonly startMs: number;
  readonly settleMs: number;
  readonly measureMs: number;
}

export interface Trial extends TrialTimes {
  readonly kind: "trial";
  readonly purpose: TrialPurpose;
  readonly ratePerSecond: number;
  readonly outcome: TrialOutcome;
  readonly measurement: TrialFigures;
}

/** Low load between two trials, so that the queues of one trial do not affect the next. */
export interface Drain {
  readonly kind: "drain";
  readonly startMs: number;
  readonly ratePerSecond: number;
  readonly tookMs: number;
  /** Whether the service had recovered; false if it had not after the longest wait. */
  readonly drained: boolean;
}

/** A trial with a number of users. */
export interface UserTrial extends TrialTimes {
  readonly kind: "users";
  readonly users: number;
  readonly outcome: TrialOutcome;
  readonly measurement: TrialFigures;
}

/** An event of a search over rates, in order. */
export type SearchEvent = Trial | Drain;
