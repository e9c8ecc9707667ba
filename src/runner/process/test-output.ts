import { LineBudget } from "../../core/line-budget.ts";
import { divertDescriptor } from "./standard-output-descriptor.ts";
import type { StandardStream } from "./standard-stream.ts";
import { stderr, stdout } from "./standard-streams.ts";

/** So many writes of a test at once, and so many more each second: more than a person reads, and no load. */
const burst = 1_000;
const perSecond = 100;
const longestText = 10_000;
const tellAfterMs = 1_000;

/**
 * What a test and the modules that it imports print, as far as there is room. What they print to standard output goes to
 * standard error until somebody says that standard output carries no result for programs.
 */
export class TestOutput {
  readonly #errors: StandardStream;
  #output: StandardStream;
  readonly #budget: LineBudget;
  #leftOut = 0;

  constructor(errors: StandardStream, nowMs: () => number) {
    this.#errors = errors;
    this.#output = errors;
    this.#budget = new LineBudget(nowMs, burst, perSecond);
  }

  /** False when a line would be left out now, and this one is: nobody needs to format it. */
  readonly expectsLine = (): boolean => {
    if (this.#budget.hasRoom) return true;
    this.#leaveOut();
    return false;
  };

  /** Where what the test prints to standard output goes from now on. */
  printTo(output: StandardStream): void {
    this.#output = output;
  }

  write(text: string, isError = false): void {
    if (!this.#budget.take()) {
      this.#leaveOut();
      return;
    }
    const target = isError ? this.#errors : this.#output;
    target.say(text.length > longestText ? `${text.slice(0, longestText)}…\n` : text);
  }

  /** Says how much was left out since the last time. */
  tellLeftOut(): void {
    if (this.#leftOut === 0) return;
    const lines = this.#leftOut === 1 ? "1 line" : `${this.#leftOut} lines`;
    this.#leftOut = 0;
    this.#errors.say(`muster: ${lines} of the test's output left out: more than ${perSecond} a second\n`);
  }

  #leaveOut(): void {
    if (this.#leftOut === 0) setTimeout(() => this.tellLeftOut(), tellAfterMs).unref();
    this.#leftOut++;
  }
}

/** That of this process. */
export const testOutput = new TestOutput(stderr, () => performance.now());

/** The same, for a process that writes no result to standard output: a worker, or a run with a summary for people. */
export function printTestOutput(): void {
  testOutput.printTo(stdout);
}

/**
 * From now on what is written to `process.stdout` and `process.stderr` is what a test prints. Muster itself writes through its
 * own streams.
 */
export function divertTestOutput(output: TestOutput): void {
  divert(process.stdout, (text) => output.write(text));
  divert(process.stderr, (text) => output.write(text, true));
  divertDescriptor((text) => output.write(text));
}

function divert(stream: NodeJS.WriteStream, print: (text: string) => void): void {
  const write = (chunk?: unknown, encoding?: unknown, callback?: unknown): boolean => {
    if (typeof chunk === "string") print(chunk);
    else if (chunk instanceof Uint8Array) print(Buffer.from(chunk).toString("utf8"));
    const done = [chunk, encoding, callback].find((one) => typeof one === "function");
    if (done !== undefined) process.nextTick(done as () => void);
    return true;
  };
  stream.write = write as typeof stream.write;
  stream.end = ((...words: [unknown?, unknown?, unknown?]) => {
    write(...words);
    return stream;
  }) as typeof stream.end;
  stream.destroy = () => stream;
}
