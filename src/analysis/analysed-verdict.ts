import { exitCodes } from "../core/errors.ts";
import { judgeCapacity } from "./capacity/capacity-verdict.ts";
import { judgeDrift } from "./drift/drift-result.ts";
import type { RunAnalyses } from "./run-analyses.ts";
import { spikeFailures } from "./spike/spike-result.ts";
import type { Verdict } from "./verdict.ts";

/**
 * The verdict with what the analyses say: they fail a run that its thresholds pass, and add to why it failed.
 * @param isWhole the run was carried out, or ended by its user's wish: else why it ended is its verdict
 */
export function withAnalyses(verdict: Verdict, { spike, drift, capacity }: RunAnalyses, isWhole: boolean): Verdict {
  if (!isWhole || (verdict.verdict !== "passed" && verdict.verdict !== "failed")) return verdict;
  const judged = [capacity === null ? null : judgeCapacity(capacity), drift === null ? null : judgeDrift(drift)];
  const invalid = judged.flatMap((one) => (one?.verdict === "invalid" ? one.reasons : []));
  if (invalid.length > 0) return { ...verdict, verdict: "invalid", exitCode: exitCodes.invalid, reasons: invalid };
  const failures = [...judged.flatMap((one) => one?.reasons ?? []), ...(spike === null ? [] : spikeFailures(spike))];
  if (failures.length === 0) return verdict;
  const { thresholdFailed: exitCode } = exitCodes;
  return { ...verdict, verdict: "failed", exitCode, reasons: [...failures, ...verdict.reasons] };
}
