import { exitCodes, MusterError } from "../../core/errors.ts";
import type { Result } from "../../report/result/result-schema.ts";

/**
 * The result of a run of which a required output, such as a report file, could not be written. The verdict is about the
 * service and stays; the exit code is that of the process.
 */
export function withUnwritten(result: Result, error: unknown): Result {
  const exitCode = error instanceof MusterError ? error.exitCode : exitCodes.defect;
  const warning = error instanceof Error ? error.message : String(error);
  return { ...result, exitCode, warnings: [...result.warnings, warning] };
}
