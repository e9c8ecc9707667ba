import { trendOf } from "../statistics/trend.ts";
import type { TrialFailure, TrialFigures, TrialMeasurement, TrialOutcome } from "./trial.ts";

const leastAchieved = 0.98;
const mostDropped = 0.001;
const backlogConfidence = 0.99;
/** A backlog that grows by less than this part of the rate is the ebb and flow of a queue, however sure its trend. */
const harmlessGrowth = 0.01;

/** Whether the service holds the rate: by its targets, and as if the trial went on for ever. */
export function judgeTrial(measurement: TrialMeasurement, ratePerSecond: number): TrialOutcome {
  if (measurement.sickness !== null) return { kind: "invalid", reason: measurement.sickness };
  if (measurement.offered === 0) return { kind: "invalid", reason: "no iteration was due" };
  const failures = [...brokenTargets(measurement), ...shortfalls(measurement), ...backlog(measurement, ratePerSecond)];
  return failures.length === 0 ? { kind: "passed" } : { kind: "failed", failures };
}

/** Whether the targets hold with so many users; these ask for as much as they are answered, so there is nothing to fall behind. */
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
