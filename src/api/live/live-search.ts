import { describeKnown } from "../../analysis/capacity/describe-known.ts";
import { describeTrial } from "../../analysis/capacity/describe-trial.ts";
import type { SearchDirector } from "../../master/search/search-director.ts";
import type { LiveSearch } from "../contract/live.ts";

/** So many trials are told each second; all are in the result. */
const latestTrials = 8;

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
