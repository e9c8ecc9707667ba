import { describeKnown } from "../../analysis/capacity/describe-known.ts";
import { describeTrial } from "../../analysis/capacity/describe-trial.ts";
import type { SearchDirector } from "../../master/search/search-director.ts";

/** So many trials are told each second; all are in the result. */
const latestTrials = 8;

/** How far a search for the capacity has come. */
export interface LiveSearch {
  /** What goes on: "trial 4: 320/s, measured for 5 of 12 s"; null when nothing does. */
  readonly now: string | null;
  /** "213/s held, 480/s failed"; null before any trial has said something. */
  readonly known: string | null;
  /** The latest ones that have ended, in their order. */
  readonly trials: readonly LiveTrial[];
}

export interface LiveTrial {
  /** From 1 on. */
  readonly number: number;
  readonly outcome: "passed" | "failed" | "invalid";
  /** "320/s held, p95 120 ms" */
  readonly text: string;
}

export function liveSearch(director: SearchDirector, elapsedMs: number): LiveSearch {
  const trials = director.events
    .filter((event) => event.kind !== "drain")
    .map((trial, position) => ({ number: position + 1, outcome: trial.outcome.kind, text: describeTrial(trial) }));
  return {
    now: director.describe(elapsedMs),
    known: describeKnown(director.events),
    trials: trials.slice(-latestTrials),
  };
}
