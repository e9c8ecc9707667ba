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

const space = /\s+/y;

/** A reading position in a threshold's text, which knows how to refuse what stands there. White space is skipped before each token. */
export class Cursor {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
    this.#match(space);
  }

  /** 1-based column of the next token. */
  get column(): number {
    return this.#position + 1;
  }

  get atEnd(): boolean {
    return this.#position === this.#text.length;
  }

  /** Takes the token that `pattern` (which must be sticky) matches here, or nothing. */
  take(pattern: RegExp): string | undefined {
    const token = this.#match(pattern);
    if (token !== undefined) this.#match(space);
    return token;
  }

  /** Takes the token that `pattern` matches here. @throws ThresholdError that says what was `expected` */
  expect(pattern: RegExp, expected: string): string {
    const token = this.take(pattern);
    if (token === undefined) throw this.unexpected(expected);
    return token;
  }

  /** @throws ThresholdError when text is left; `reminder` says what users mostly get wrong there. */
  expectEnd(reminder: string): void {
    if (!this.atEnd) throw this.unexpected(`the end (${reminder})`);
  }

  /** The error for something other than `expected` at this position. */
  unexpected(expected: string): ThresholdError {
    const found = /[\w.]+|./suy;
    found.lastIndex = this.#position;
    const token = found.exec(this.#text)?.[0];
    return this.refuse(`expected ${expected}, found ${token === undefined ? "the end" : JSON.stringify(token)}`);
  }

  /** The error for a token that was read but makes no sense; `column` is where it began. */
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
