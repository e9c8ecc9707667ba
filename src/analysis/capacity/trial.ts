import type { SeriesPoint } from "../statistics/series-point.ts";

/** What was measured in one trial at a constant rate, after the service had settled, as it is kept. */
export interface TrialFigures {
  /** Iterations that were due. */
  readonly offered: number;
  /** Iterations that ended. */
  readonly achieved: number;
  /** Iterations for which no user was free. */
  readonly dropped: number;
  /** Requests per second that ended without failure, however late. */
  readonly succeededPerSecond: number;
  /** Of the requests, 0..1. */
  readonly errorRate: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** The user's targets in words, as "p95 < 500 ms". */
  readonly targets: readonly { readonly name: string; readonly held: boolean }[];
  /** Why the workers cannot be trusted in this trial, in words; null when they can. */
  readonly sickness: string | null;
}

/** All that a trial is judged by. */
export interface TrialMeasurement extends TrialFigures {
  /** Iterations due and not yet ended, each second or so, from any beginning; `at` in seconds. */
  readonly inFlight: readonly SeriesPoint[];
}

/** Why the service does not hold a rate. */
export type TrialFailure =
  | { readonly kind: "target"; readonly name: string }
  /** Fewer iterations ended than were due. */
  | { readonly kind: "fell-behind"; readonly achievedShare: number }
  | { readonly kind: "dropped"; readonly droppedShare: number }
  /** More and more requests were in flight: it would break in time. */
  | { readonly kind: "backlog"; readonly growthPerSecond: number };

export type TrialOutcome =
  | { readonly kind: "passed" }
  /** At least one failure; violated targets come first. */
  | { readonly kind: "failed"; readonly failures: readonly TrialFailure[] }
  /** The generator was at fault: it says nothing about the service. */
  | { readonly kind: "invalid"; readonly reason: string };

/**
 * `bracket` looks for a first bracket, `narrow` narrows it, `confirm` holds the answer for longer, `probe` looks beyond what the
 * service holds.
 */
export type TrialPurpose = "bracket" | "narrow" | "confirm" | "probe";

/** When a trial was, in ms since the start of the run: measured are `measureMs` after `settleMs`. */
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

/** Low load between two trials, so that one does not suffer from what the other left in the queues. */
export interface Drain {
  readonly kind: "drain";
  readonly startMs: number;
  readonly ratePerSecond: number;
  readonly tookMs: number;
  /** False when the service was not back after the longest wait. */
  readonly drained: boolean;
}

/** What was done with a number of users; such a trial only measures. */
export interface UserTrial extends TrialTimes {
  readonly kind: "users";
  readonly users: number;
  readonly outcome: TrialOutcome;
  readonly measurement: TrialFigures;
}

/** What a search for a rate has done so far, in order. */
export type SearchEvent = Trial | Drain;
