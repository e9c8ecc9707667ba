import { exitCodes, MusterError } from "../errors.ts";

/** A threshold or its metric cannot be understood. The message is one line: what was written, where, what was expected. */
export class ThresholdError extends MusterError {
  readonly code = "bad-threshold";
  readonly exitCode = exitCodes.badConfiguration;
  /** What the user wrote: the expression, or the metric with its selector. */
  readonly text: string;
  /** 1-based, in UTF-16 code units of `text`. */
  readonly column: number;

  constructor(text: string, column: number, problem: string) {
    // JSON quoting keeps the message on one line whatever the text holds.
    super(`threshold ${JSON.stringify(text)}, column ${column}: ${problem}`);
    this.text = text;
    this.column = column;
  }
}
