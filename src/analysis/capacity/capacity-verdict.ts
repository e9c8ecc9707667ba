import type { CapacityResult } from "./capacity-result.ts";

export type CapacityJudgement = {
  readonly verdict: "passed" | "failed" | "invalid";
  /** The reasons for a person; empty if the verdict is "passed". */
  readonly reasons: readonly string[];
};

const passed: CapacityJudgement = { verdict: "passed", reasons: [] };

/**
 * Judges a capacity search. It passes if it found a capacity. If the test requires a capacity, it fails if the service
 * holds less, and is invalid if the search ended before this was known.
 */
export function judgeCapacity(result: CapacityResult): CapacityJudgement {
  if (result.kind === "users") {
    const any = result.trials.some(({ outcome }) => outcome.kind !== "invalid");
    return any ? passed : { verdict: "invalid", reasons: [nothingMeasured(result)] };
  }
  const { capacity, atLeastPerSecond: wanted } = result;
  switch (capacity.kind) {
    case "unknown":
      return { verdict: "invalid", reasons: [nothingMeasured(result)] };
    case "below":
      return failed(`the service fails even at ${shown(capacity.ratePerSecond)} iterations/s`);
    case "found":
      if (wanted === null || capacity.ratePerSecond >= wanted) return passed;
      return failed(missed(capacity.ratePerSecond, wanted));
    case "at-least": {
      const { ratePerSecond, failsAtPerSecond, because } = capacity;
      if (wanted === null || ratePerSecond >= wanted) return passed;
      if (failsAtPerSecond !== null && failsAtPerSecond <= wanted) return failed(missed(ratePerSecond, wanted));
      const why = because === "max" ? "max is lower" : endedBecause[because];
      const untested = `the service holds ${shown(ratePerSecond)} iterations/s, but ${shown(wanted)}/s was not tested: ${why}`;
      return { verdict: "invalid", reasons: [untested] };
    }
  }
}

const endedBecause = {
  deadline: "the search reached its deadline",
  "generator-limited": "the workers could not generate more load; add workers",
  stopped: "the run ended before the search",
} as const;

function failed(reason: string): CapacityJudgement {
  return { verdict: "failed", reasons: [reason] };
}

function missed(held: number, wanted: number): string {
  return `the service holds ${shown(held)} iterations/s, but ${shown(wanted)}/s is required`;
}

/** The reason why no trial gave a result. */
function nothingMeasured({ reason, trials }: CapacityResult): string {
  const invalid = trials.map(({ outcome }) => outcome).findLast((outcome) => outcome.kind === "invalid");
  const what = "the search found no capacity";
  if (trials.some(({ outcome }) => outcome.kind === "passed")) {
    return `${what}: its trials contradict each other`;
  }
  if (invalid !== undefined) return `${what}: ${invalid.reason}`;
  return reason === "stopped" ? `${what}: the run ended too early` : `${what}: its deadline is too short for a trial`;
}

function shown(perSecond: number): string {
  return String(Number(perSecond.toPrecision(4)));
}
