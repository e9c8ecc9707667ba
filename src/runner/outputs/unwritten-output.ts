import { exitCodes, MusterError } from "../../core/errors.ts";
import type { Result } from "../../report/result/result-schema.ts";

/**
 * Returns the result of a run after a required output, such as a report file, could not be written. The verdict is about the
 * service and does not change; the exit code becomes that of the process.
 */
export function withUnwritten(result: Result, error: unknown): Result {
  const exitCode = error instanceof MusterError ? error.exitCode : exitCodes.defect;
  const warning = error instanceof Error ? error.message : String(error);
  return { ...result, exitCode, warnings: [...result.warnings, warning] };
}
