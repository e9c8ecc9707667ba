import { type ExitCode, exitCodes, MusterError } from "../core/errors.ts";

export type StoreErrorCode =
  | "store-not-a-store"
  | "store-read-only"
  | "store-locked"
  | "store-full"
  | "store-corrupt"
  | "store-too-new"
  | "store-io"
  | "store-refused"
  | "store-incomplete"
  | "store-run-unknown"
  | "store-run-taken";

/**
 * Thrown when the store cannot be used, or not for this operation. The message states what is wrong, where, and what to
 * do.
 */
export class StoreError extends MusterError {
  readonly code: StoreErrorCode;
  readonly exitCode: ExitCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = code === "store-refused" ? exitCodes.defect : exitCodes.badConfiguration;
  }
}
