import { exitCodes, MusterError } from "../errors.ts";

const longestShown = 300;

/**
 * The error for a threshold or a metric that is not valid. The message is one line with the text, the column and what was
 * expected there.
 */
export class ThresholdError extends MusterError {
  readonly code = "bad-threshold";
  readonly exitCode = exitCodes.badConfiguration;
  /** The text that the user wrote: the expression, or the metric with its selector. */
  readonly text: string;
  /** The 1-based column, in UTF-16 code units of `text`. */
  readonly column: number;

  constructor(text: string, column: number, problem: string) {
    // JSON quoting keeps the message on one line whatever the text holds.
    const shown = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
    super(`threshold ${JSON.stringify(shown)}, column ${column}: ${problem}`);
    this.text = text;
    this.column = column;
  }
}

const space = /\s+/y;

/** A position in the text of a threshold, with the errors for it. White space is skipped before each token. */
export class Cursor {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
    this.#match(space);
  }

  /** The 1-based column of the next token. */
  get column(): number {
    return this.#position + 1;
  }

  get atEnd(): boolean {
    return this.#position === this.#text.length;
  }

  /** Consumes the token that `pattern` (which must be sticky) matches here; undefined if it does not match. */
  take(pattern: RegExp): string | undefined {
    const token = this.#match(pattern);
    if (token !== undefined) this.#match(space);
    return token;
  }

  /**
   * Consumes the token that `pattern` matches here. @throws ThresholdError if it does not match; the message says what was
   * `expected`
   */
  expect(pattern: RegExp, expected: string): string {
    const token = this.take(pattern);
    if (token === undefined) throw this.unexpected(expected);
    return token;
  }

  /** Checks that the text ends here. @throws ThresholdError if it does not; `reminder` names the usual mistake */
  expectEnd(reminder: string): void {
    if (!this.atEnd) throw this.unexpected(`the end (${reminder})`);
  }

  /** Creates the error for a token other than `expected` at this position. */
  unexpected(expected: string): ThresholdError {
    const found = /[\w.]+|./suy;
    found.lastIndex = this.#position;
    const token = found.exec(this.#text)?.[0];
    return this.refuse(`expected ${expected}, found ${token === undefined ? "the end" : JSON.stringify(token)}`);
  }

  /** Creates the error for a token that was read but is not valid; `column` is its start. */
  refuse(problem: string, column = this.column): ThresholdError {
    return new ThresholdError(this.#text, column, problem);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const token = pattern.exec(this.#text)?.[0];
    if (token !== undefined) this.#position += token.length;
    return token;
  }
}
