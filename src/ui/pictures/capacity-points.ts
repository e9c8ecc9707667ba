import type { Result } from "../../report/result/result-schema.ts";

type Trial = NonNullable<Result["capacity"]>["trials"][number];

/** How a trial ended. A void trial is repeated. A trial that was not judged was spoilt by the load generator. */
export type TrialStanding = "held" | "failed" | "not-judged" | "void";

/** One trial as a point. Times are null if nothing was measured, and bounds of an interval if they are not known. */
export interface TrialPoint {
  /** The number of the trial from 1, in the order of the search. */
  readonly number: number;
  /** The load in iterations per second, or in users. */
  readonly load: number;
  readonly standing: TrialStanding;
  readonly p95Ms: number | null;
  readonly p95LowMs: number | null;
  readonly p95HighMs: number | null;
  readonly errorRate: number;
  /** The 95 % confidence interval of the error rate; null if the number of requests is not known. */
  readonly errorInterval: readonly [low: number, high: number] | null;
  readonly goodPerSecond: number;
}

export function trialPoint(trial: Trial, position: number): TrialPoint {
  const { measurement, measureMs } = trial;
  const { p95Ms, p95IntervalMs, errorRate, succeededPerSecond } = measurement;
  const requests = errorRate < 1 ? Math.round((succeededPerSecond * measureMs) / 1_000 / (1 - errorRate)) : null;
  return {
    number: position + 1,
    load: trial.kind === "users" ? trial.users : trial.ratePerSecond,
    standing: standingOf(trial),
    // Without requests the percentiles of a measurement are 0.
    p95Ms: p95Ms > 0 ? p95Ms : null,
    p95LowMs: p95IntervalMs?.lowMs ?? null,
    p95HighMs: p95IntervalMs?.highMs ?? null,
    errorRate,
    errorInterval: requests === null || requests === 0 ? null : shareInterval(errorRate, requests),
    goodPerSecond: succeededPerSecond,
  };
}

function standingOf({ outcome }: Trial): TrialStanding {
  if (outcome.kind === "passed") return "held";
  if (outcome.kind === "failed") return "failed";
  return outcome.isVoid === true ? "void" : "not-judged";
}

/**
 * The 95 % confidence interval of a share.
 *
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
 * Statistical Association 22 (1927).
 */
function shareInterval(share: number, samples: number): [low: number, high: number] {
  const squared = 1.96 ** 2 / samples;
  const middle = (share + squared / 2) / (1 + squared);
  const half = Math.sqrt((share * (1 - share) + squared / 4) * squared) / (1 + squared);
  return [Math.max(0, Math.min(share, middle - half)), Math.min(1, Math.max(share, middle + half))];
}
