import { trendOf } from "../statistics/trend.ts";
import type { TrialFailure, TrialFigures, TrialMeasurement, TrialOutcome } from "./trial.ts";

const leastAchieved = 0.98;
const mostDropped = 0.001;
const backlogConfidence = 0.99;
/** A growth of the backlog below this share of the rate is the normal variation of a queue, however certain the trend. */
const harmlessGrowth = 0.01;

/** Judges whether the service holds the rate: by its targets, and by whether it could sustain the rate without a growing backlog. */
export function judgeTrial(measurement: TrialMeasurement, ratePerSecond: number): TrialOutcome {
  if (measurement.sickness !== null) return { kind: "invalid", reason: measurement.sickness };
  if (measurement.offered === 0) return { kind: "invalid", reason: "no iteration was due" };
  const failures = [...brokenTargets(measurement), ...shortfalls(measurement), ...backlog(measurement, ratePerSecond)];
  return failures.length === 0 ? { kind: "passed" } : { kind: "failed", failures };
}

/** Judges whether the targets hold with this number of users. Users wait for their responses, so there is no backlog. */
export function judgeUserTrial(measurement: TrialFigures): TrialOutcome {
  if (measurement.sickness !== null) return { kind: "invalid", reason: measurement.sickness };
  const failures = brokenTargets(measurement);
  return failures.length === 0 ? { kind: "passed" } : { kind: "failed", failures };
}

function brokenTargets({ targets }: TrialFigures): TrialFailure[] {
  return targets.flatMap(({ name, held }) => (held ? [] : [{ kind: "target", name } as const]));
}

function shortfalls({ offered, achieved, dropped }: TrialFigures): TrialFailure[] {
  const failures: TrialFailure[] = [];
  const achievedShare = achieved / offered;
  const droppedShare = dropped / offered;
  if (achievedShare < leastAchieved) failures.push({ kind: "fell-behind", achievedShare });
  if (droppedShare > mostDropped) failures.push({ kind: "dropped", droppedShare });
  return failures;
}

function backlog({ inFlight }: TrialMeasurement, ratePerSecond: number): TrialFailure[] {
  const trend = trendOf(inFlight, backlogConfidence);
  if (trend === undefined || trend.interval.low <= 0 || trend.slope < harmlessGrowth * ratePerSecond) return [];
  return [{ kind: "backlog", growthPerSecond: trend.slope }];
}
