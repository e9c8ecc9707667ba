import { exitCodes } from "../core/errors.ts";
import { type SpikeResult, spikeFailures } from "./spike/spike-result.ts";
import type { Verdict } from "./verdict.ts";

/** What a run was asked beside its thresholds; null where it was not. */
export interface RunAnalyses {
  readonly spike: SpikeResult | null;
}

export const noAnalyses: RunAnalyses = { spike: null };

/** The verdict with what the analyses say: they fail a run that its thresholds pass, and add to why it failed. */
export function withAnalyses(verdict: Verdict, { spike }: RunAnalyses): Verdict {
  const failures = spike === null ? [] : spikeFailures(spike);
  const isDecided = verdict.verdict === "passed" || verdict.exitCode === exitCodes.thresholdFailed;
  if (failures.length === 0 || !isDecided) return verdict;
  return {
    ...verdict,
    verdict: "failed",
    exitCode: exitCodes.thresholdFailed,
    reasons: [...failures, ...verdict.reasons],
  };
}
