import { LineBudget } from "../../core/line-budget.ts";
import { hideSecrets } from "../../core/redaction/known-secrets.ts";
import { divertDescriptors } from "./standard-output-descriptor.ts";
import type { StandardStream } from "./standard-stream.ts";
import { stderr, stdout } from "./standard-streams.ts";

/** The writes of a test that are shown: this many at once, and this many per second. Showing more would cost CPU and not be read. */
const burst = 1_000;
const perSecond = 100;
const longestText = 10_000;
const reportAfterMs = 1_000;

/**
 * Prints the output of the test and of the modules that it imports, up to a rate. Their standard output goes to standard error,
 * unless `printTo` was called because standard output carries no result for programs.
 */
export class TestOutput {
  readonly #errors: StandardStream;
  #output: StandardStream;
  readonly #budget: LineBudget;
  #dropped = 0;

  constructor(errors: StandardStream, nowMs: () => number) {
    this.#errors = errors;
    this.#output = errors;
    this.#budget = new LineBudget(nowMs, burst, perSecond);
  }

  /** Whether the next line would be printed. If not, it counts as dropped, and the caller need not format it. */
  readonly expectsLine = (): boolean => {
    if (this.#budget.hasRoom) return true;
    this.#drop();
    return false;
  };

  /** Prints the standard output of the test to `output` from now on. */
  printTo(output: StandardStream): void {
    this.#output = output;
  }

  write(given: string, isError = false): void {
    if (!this.#budget.take()) {
      this.#drop();
      return;
    }
    const text = hideSecrets(given);
    const target = isError ? this.#errors : this.#output;
    target.tryWrite(text.length > longestText ? `${text.slice(0, longestText)}…\n` : text);
  }

  /** Prints how many lines were dropped since the last time. */
  reportDropped(): void {
    if (this.#dropped === 0) return;
    const lines = this.#dropped === 1 ? "1 line" : `${this.#dropped} lines`;
    this.#dropped = 0;
    this.#errors.tryWrite(`muster: ${lines} of the output of the test dropped: more than ${perSecond} per second\n`);
  }

  #drop(): void {
    if (this.#dropped === 0) setTimeout(() => this.reportDropped(), reportAfterMs).unref();
    this.#dropped++;
  }
}

/** The output of the test in this process. */
export const testOutput = new TestOutput(stderr, () => performance.now());

/**
 * Lets the standard output of the test go to standard output. Called in a process that writes no result for programs there: a
 * worker, or a run that prints its summary.
 */
export function printTestOutput(): void {
  testOutput.printTo(stdout);
}

/**
 * Treats everything that is written to `process.stdout` and `process.stderr`, and the warnings of Node.js, as output of the
 * test. Muster writes to its own streams.
 */
export function divertTestOutput(output: TestOutput): void {
  divert(process.stdout, (text) => output.write(text));
  divert(process.stderr, (text) => output.write(text, true));
  divertDescriptors((text, isError) => output.write(text, isError));
  divertWarnings((text) => output.write(text, true));
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

/**
 * Prints the warnings of Node.js, such as deprecations, by `print` and in the words of Node.js, which writes them to the
 * descriptor itself. Does nothing where Node.js prints none (`--no-warnings`).
 */
function divertWarnings(print: (text: string) => void): void {
  const [usual] = process.listeners("warning");
  if (usual === undefined) return;
  process.off("warning", usual);
  let isFirst = true;
  process.on("warning", (warning: Error & { code?: string; detail?: string }) => {
    const { name, code, message, stack, detail } = warning;
    const isTraced = name === "DeprecationWarning" ? process.traceDeprecation : traces;
    const what = isTraced && stack !== undefined ? stack : `${name}: ${message}`;
    const hint =
      isFirst && !isTraced ? `\n(Use \`node ${flagOf(name)} ...\` to show where the warning was created)` : "";
    isFirst = false;
    print(
      `(node:${process.pid}) ${code === undefined ? "" : `[${code}] `}${what}${detail ? `\n${detail}` : ""}${hint}\n`,
    );
  });
}

const traces = process.execArgv.includes("--trace-warnings") || /--trace-warnings/.test(process.env.NODE_OPTIONS ?? "");

function flagOf(name: string): string {
  return name === "DeprecationWarning" ? "--trace-deprecation" : "--trace-warnings";
}
