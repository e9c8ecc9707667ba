import { exitCodes } from "../core/errors.ts";
import { judgeCapacity } from "./capacity/capacity-verdict.ts";
import { judgeDrift } from "./drift/drift-result.ts";
import type { RunAnalyses } from "./run-analyses.ts";
import { spikeFailures } from "./spike/spike-result.ts";
import type { Verdict } from "./verdict.ts";

/** The verdict with what the analyses say: they fail a run that its thresholds pass, and add to why it failed. */
export function withAnalyses(verdict: Verdict, { spike, drift, capacity }: RunAnalyses): Verdict {
  const isDecided = verdict.verdict === "passed" || verdict.exitCode === exitCodes.thresholdFailed;
  if (!isDecided) return verdict;
  const judged = [capacity === null ? null : judgeCapacity(capacity), drift === null ? null : judgeDrift(drift)];
  const invalid = judged.flatMap((one) => (one?.verdict === "invalid" ? one.reasons : []));
  if (invalid.length > 0) return { ...verdict, verdict: "invalid", exitCode: exitCodes.invalid, reasons: invalid };
  const failures = [...judged.flatMap((one) => one?.reasons ?? []), ...(spike === null ? [] : spikeFailures(spike))];
  const others = failures.filter((reason) => !verdict.reasons.includes(reason));
  if (others.length === 0) return verdict;
  const { thresholdFailed: exitCode } = exitCodes;
  return { ...verdict, verdict: "failed", exitCode, reasons: [...others, ...verdict.reasons] };
}
