import { type ExitCode, exitCodes } from "../core/errors.ts";
import type { Ending } from "../core/run.ts";

/** Why the verdict of a run is not that of what it measured. */
export interface EarlyEnd {
  readonly verdict: "aborted" | "failed" | "invalid";
  readonly exitCode: ExitCode;
  /** For a person. */
  readonly reason: string;
}

/** A run without an end, as a store may hold one: it still goes on, or its master was killed. */
export interface Unended {
  readonly kind: "unended";
  /** When the master last wrote to the store, ISO 8601; null when it never did. */
  readonly activeAt: string | null;
}

/** Decides what the ending of a run means for its verdict and exit code; null when the measurements decide. */
export function earlyEndOf(ending: Ending | Unended): EarlyEnd | null {
  switch (ending.kind) {
    case "completed":
      return null;
    case "signalled":
      return aborted(exitCodes.signalled, `stopped by ${ending.signal} before the end of the plan`);
    case "threshold-breached":
    case "drifting":
      return { verdict: "failed", exitCode: exitCodes.thresholdFailed, reason: ending.message };
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
      const when = activeAt === null ? "it never began" : `its master wrote last at ${activeAt}`;
      return aborted(exitCodes.signalled, `the run has not ended: this is what was measured so far; ${when}`);
    }
  }
}

function aborted(exitCode: ExitCode, reason: string): EarlyEnd {
  return { verdict: "aborted", exitCode, reason };
}
