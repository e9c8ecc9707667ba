import { LineBudget } from "../../core/line-budget.ts";
import type { StandardStream } from "./standard-stream.ts";
import { stderr } from "./standard-streams.ts";

/** So many writes of a test at once, and so many more each second: more than a person reads, and no load. */
const burst = 1_000;
const perSecond = 100;
const longestText = 10_000;
const tellAfterMs = 1_000;

/** What a test and the modules that it imports print: it goes to standard error, as far as there is room. */
export class TestOutput {
  readonly #target: StandardStream;
  readonly #budget: LineBudget;
  #leftOut = 0;

  constructor(target: StandardStream, nowMs: () => number) {
    this.#target = target;
    this.#budget = new LineBudget(nowMs, burst, perSecond);
  }

  /** False when a line would be left out now, and this one is: nobody needs to format it. */
  readonly expectsLine = (): boolean => {
    if (this.#budget.hasRoom) return true;
    this.#leaveOut();
    return false;
  };

  write(text: string): void {
    if (!this.#budget.take()) {
      this.#leaveOut();
      return;
    }
    this.#target.say(text.length > longestText ? `${text.slice(0, longestText)}…\n` : text);
  }

  /** Says how much was left out since the last time. */
  tellLeftOut(): void {
    if (this.#leftOut === 0) return;
    const lines = this.#leftOut === 1 ? "1 line" : `${this.#leftOut} lines`;
    this.#leftOut = 0;
    this.#target.say(`muster: ${lines} of the test's output left out: more than ${perSecond} a second\n`);
  }

  #leaveOut(): void {
    if (this.#leftOut === 0) setTimeout(() => this.tellLeftOut(), tellAfterMs).unref();
    this.#leftOut++;
  }
}

/** That of this process. */
export const testOutput = new TestOutput(stderr, () => performance.now());

/**
 * From now on `process.stdout` and `process.stderr` are those of the test: standard output carries muster's results, and
 * nothing that a test prints gets between them. Muster itself writes through its own streams.
 */
export function divertTestOutput(output: TestOutput): void {
  const stream = process.stderr;
  const write = (chunk?: unknown, encoding?: unknown, callback?: unknown): boolean => {
    if (typeof chunk === "string") output.write(chunk);
    else if (chunk instanceof Uint8Array) output.write(Buffer.from(chunk).toString("utf8"));
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
  Object.defineProperty(process, "stdout", { configurable: true, enumerable: true, get: () => stream });
}
