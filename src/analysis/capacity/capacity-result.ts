import type { Search } from "../../core/plan/search.ts";
import { type CapacityReport, capacityReport } from "./capacity-report.ts";
import type { EndReason } from "./next-trial.ts";
import { fitScalability, type Scalability } from "./scalability-law.ts";
import { type AnySearchEvent, rateEvents, soundSteps, userTrials } from "./search.ts";
import type { TrialFailure, UserTrial } from "./trial.ts";

interface SearchFacts {
  readonly reason: EndReason;
  /** The targets of the trials, as "metric: expression". */
  readonly targets: readonly string[];
}

/** The result of a capacity search. */
export type CapacityResult =
  | (SearchFacts & CapacityReport & { readonly kind: "arrivals"; readonly atLeastPerSecond: number | null })
  | (SearchFacts & {
      readonly kind: "users";
      /** The highest number of users up to which every trial passed; null if the first one failed or there was none. */
      readonly holdsUsers: number | null;
      /** The failures of the first trial that failed. */
      readonly firstBroken: readonly TrialFailure[];
      readonly peakGoodput: { readonly succeededPerSecond: number; readonly users: number } | null;
      readonly law: Scalability;
      readonly trials: readonly UserTrial[];
    });

/**
 * The progress of a search: its events, and why it ended; the reason is null while the search is in progress, or if the run
 * ended first.
 */
export interface SearchRecord {
  readonly events: readonly AnySearchEvent[];
  readonly reason: EndReason | null;
}

export function capacityResult(search: Search, { events, reason: ended }: SearchRecord): CapacityResult {
  const reason = ended ?? "stopped";
  const targets = search.targets.map(({ metric, expression }) => `${metric}: ${expression.source}`);
  if (search.kind === "arrivals") {
    const { atLeastPerSecond } = search;
    return { kind: "arrivals", reason, targets, atLeastPerSecond, ...capacityReport(rateEvents(events), reason) };
  }
  const trials = userTrials(events);
  const sound = trials.filter(({ outcome }) => outcome.kind !== "invalid");
  const firstFailed = sound.find(({ outcome }) => outcome.kind === "failed");
  const held = sound.slice(0, firstFailed === undefined ? sound.length : sound.indexOf(firstFailed));
  const best = sound.toSorted((a, b) => b.measurement.succeededPerSecond - a.measurement.succeededPerSecond)[0];
  return {
    kind: "users",
    reason,
    targets,
    holdsUsers: held.at(-1)?.users ?? null,
    firstBroken: firstFailed?.outcome.kind === "failed" ? firstFailed.outcome.failures : [],
    peakGoodput:
      best === undefined ? null : { succeededPerSecond: best.measurement.succeededPerSecond, users: best.users },
    law: fitScalability(soundSteps(trials)),
    trials,
  };
}
