import { describeCondition } from "../../core/thresholds/describe.ts";
import { readThreshold } from "../../core/thresholds/measured-name.ts";
import type { Trial, TrialFailure, UserTrial } from "./trial.ts";

/**
 * Describes a trial: "506/s held, p95 120 ms", "760/s failed, p95 812 ms: p95 < 500 ms", "1140/s is invalid: worker 1 was
 * CPU-bound".
 */
export function describeTrial(trial: Trial | UserTrial): string {
  const { outcome, measurement } = trial;
  const load = trial.kind === "users" ? `${trial.users} users` : `${trial.ratePerSecond}/s`;
  const p95 = `p95 ${Number(measurement.p95Ms.toPrecision(3))} ms`;
  switch (outcome.kind) {
    case "passed":
      return `${load} held, ${p95}`;
    case "failed":
      return `${load} failed, ${p95}: ${outcome.failures.map(describeFailure).join("; ")}`;
    case "invalid":
      return `${load} is invalid: ${outcome.reason}`;
  }
}

export function describeFailure(failure: TrialFailure): string {
  switch (failure.kind) {
    case "target":
      return targetText(failure.name);
    case "fell-behind":
      return `only ${percent(failure.achievedShare)} of the due iterations ended`;
    case "dropped":
      return `${percent(failure.droppedShare)} of the iterations were dropped`;
    case "backlog":
      return `the backlog grew by ${Number(failure.growthPerSecond.toPrecision(2))} iterations/s`;
  }
}

/** The words for a target that a trial names as written: "response_time: p(95)<500". */
function targetText(name: string): string {
  const at = name.lastIndexOf(": ");
  if (at < 0) return name;
  return describeCondition(readThreshold(name.slice(0, at), name.slice(at + 2)));
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
