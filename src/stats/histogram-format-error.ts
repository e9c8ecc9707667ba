import { exitCodes, MusterError } from "../core/errors.ts";

/** Bytes that are not a histogram of muster's layout. The peer that sent them, not the user, is at fault. */
export class HistogramFormatError extends MusterError {
  readonly code = "bad-histogram";
  readonly exitCode = exitCodes.defect;
}
