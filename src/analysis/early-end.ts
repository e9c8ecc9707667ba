import { type ExitCode, exitCodes } from "../core/errors.ts";
import type { Ending } from "../core/run.ts";

/** The verdict of a run that is decided by the run's ending instead of its measurements. */
export interface EarlyEnd {
  readonly verdict: "aborted" | "failed" | "invalid";
  readonly exitCode: ExitCode;
  /** The reason for a person. */
  readonly reason: string;
}

/** A run without an end in the store: it is still in progress, or its master was killed. */
export interface Unended {
  readonly kind: "unended";
  /** The time when the master last wrote to the store, ISO 8601; null if it never did. */
  readonly activeAt: string | null;
}

/** Returns the verdict and exit code that the ending of a run decides; null if the measurements decide. */
export function earlyEndOf(ending: Ending | Unended): EarlyEnd | null {
  switch (ending.kind) {
    case "completed":
      return null;
    case "signalled":
      return aborted(exitCodes.signalled, `stopped by ${ending.signal} before the end of the plan`);
    case "threshold-breached":
    case "drifting":
      return { verdict: "failed", exitCode: exitCodes.thresholdFailed, reason: ending.message };
    case "stopped-by-test": {
      const exitCode = ending.verdict === "failed" ? exitCodes.thresholdFailed : exitCodes.invalid;
      return { verdict: ending.verdict, exitCode, reason: ending.message };
    }
    case "defect":
      return aborted(exitCodes.defect, ending.message);
    case "superseded":
      return aborted(exitCodes.badConfiguration, ending.message);
    case "too-few-workers":
      return aborted(exitCodes.tooFewWorkers, ending.message);
    case "workers-lost":
      return { verdict: "invalid", exitCode: exitCodes.tooFewWorkers, reason: ending.message };
    case "test-code-threw":
      return aborted(exitCodes.testCodeThrew, ending.message);
    case "unended": {
      const { activeAt } = ending;
      const when = activeAt === null ? "it never began" : `its master last wrote at ${activeAt}`;
      return aborted(exitCodes.signalled, `the run has not ended: these are its measurements so far; ${when}`);
    }
  }
}

function aborted(exitCode: ExitCode, reason: string): EarlyEnd {
  return { verdict: "aborted", exitCode, reason };
}
