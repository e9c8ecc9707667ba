import { exitCodes } from "../core/errors.ts";
import type { CapacityResult } from "./capacity/capacity-result.ts";
import { judgeCapacity } from "./capacity/capacity-verdict.ts";
import { type SpikeResult, spikeFailures } from "./spike/spike-result.ts";
import type { Verdict } from "./verdict.ts";

/** What a run was asked beside its thresholds; null where it was not. */
export interface RunAnalyses {
  readonly spike: SpikeResult | null;
  readonly capacity: CapacityResult | null;
}

export const noAnalyses: RunAnalyses = { spike: null, capacity: null };

/** The verdict with what the analyses say: they fail a run that its thresholds pass, and add to why it failed. */
export function withAnalyses(verdict: Verdict, { spike, capacity }: RunAnalyses): Verdict {
  const isDecided = verdict.verdict === "passed" || verdict.exitCode === exitCodes.thresholdFailed;
  if (!isDecided) return verdict;
  const searched = capacity === null ? null : judgeCapacity(capacity);
  if (searched?.verdict === "invalid") {
    return { ...verdict, verdict: "invalid", exitCode: exitCodes.invalid, reasons: searched.reasons };
  }
  const failures = [...(searched?.reasons ?? []), ...(spike === null ? [] : spikeFailures(spike))];
  if (failures.length === 0) return verdict;
  const { thresholdFailed: exitCode } = exitCodes;
  return { ...verdict, verdict: "failed", exitCode, reasons: [...failures, ...verdict.reasons] };
}
