import type { Search } from "../../core/plan/search.ts";
import { type CapacityReport, capacityReport } from "./capacity-report.ts";
import type { EndReason } from "./next-trial.ts";
import { fitScalability, type Scalability } from "./scalability-law.ts";
import { type AnySearchEvent, rateEvents, soundSteps, userTrials } from "./search.ts";
import type { TrialFailure, UserTrial } from "./trial.ts";

interface SearchFacts {
  readonly reason: EndReason;
  /** What had to hold, as "metric: expression". */
  readonly targets: readonly string[];
}

/** What a search found. */
export type CapacityResult =
  | (SearchFacts & CapacityReport & { readonly kind: "arrivals"; readonly atLeastPerSecond: number | null })
  | (SearchFacts & {
      readonly kind: "users";
      /** The most users of a trial up to which every trial held; null when the first one did not, or there was none. */
      readonly holdsUsers: number | null;
      /** What broke with the fewest users that did not hold. */
      readonly firstBroken: readonly TrialFailure[];
      readonly peakGoodput: { readonly succeededPerSecond: number; readonly users: number } | null;
      readonly law: Scalability;
      readonly trials: readonly UserTrial[];
    });

/** How far a search has come: what it did, and why it ended; null while it goes on, or when the run ended before it. */
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
