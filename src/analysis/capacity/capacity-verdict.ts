import type { CapacityResult } from "./capacity-result.ts";

export type CapacityJudgement = {
  readonly verdict: "passed" | "failed" | "invalid";
  /** For a person; empty when passed. */
  readonly reasons: readonly string[];
};

const passed: CapacityJudgement = { verdict: "passed", reasons: [] };

/**
 * A search passes when it has an answer. Where it was asked for a capacity, it fails when the service holds less, and is
 * invalid when it ended before it could tell.
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
      return failed(`the service does not even hold ${shown(capacity.ratePerSecond)} iterations/s`);
    case "found":
      if (wanted === null || capacity.ratePerSecond >= wanted) return passed;
      return failed(missed(capacity.ratePerSecond, wanted));
    case "at-least": {
      const { ratePerSecond, failsAtPerSecond, because } = capacity;
      if (wanted === null || ratePerSecond >= wanted) return passed;
      if (failsAtPerSecond !== null && failsAtPerSecond <= wanted) return failed(missed(ratePerSecond, wanted));
      const why = because === "max" ? "max is lower" : endedBecause[because];
      const held = `${shown(ratePerSecond)} iterations/s are held, but whether ${shown(wanted)} are nobody knows: ${why}`;
      return { verdict: "invalid", reasons: [held] };
    }
  }
}

const endedBecause = {
  deadline: "the search came to its deadline",
  "generator-limited": "the workers could not make more, add some",
  stopped: "the run was ended before the search",
} as const;

function failed(reason: string): CapacityJudgement {
  return { verdict: "failed", reasons: [reason] };
}

function missed(held: number, wanted: number): string {
  return `the service holds ${shown(held)} iterations/s, but ${shown(wanted)} are asked for`;
}

/** Why there is not one sound trial that says anything. */
function nothingMeasured({ reason, trials }: CapacityResult): string {
  const sick = trials.map(({ outcome }) => outcome).findLast((outcome) => outcome.kind === "invalid");
  const what = "the search found nothing";
  if (sick !== undefined) return `${what}: ${sick.reason}`;
  return reason === "stopped" ? `${what}: it was ended too early` : `${what}: no trial fits into its time`;
}

function shown(perSecond: number): string {
  return String(Number(perSecond.toPrecision(4)));
}
