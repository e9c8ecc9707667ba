import { exitCodes } from "../../core/errors.ts";
import { describeThrown, isDefect } from "../../scenario/bundle/test-frames.ts";
import { processEnd } from "./process-end.ts";
import { stderr } from "./standard-streams.ts";

/** Called with errors that nothing handles: thrown in a timer, or rejections without a handler. */
export interface UnhandledErrorListener {
  /** An error of the test, or of a module that it imports. */
  readonly ofTest: (error: unknown) => void;
  /** A defect of muster. */
  readonly ofMuster: (error: unknown) => void;
}

/** The maximum number of distinct errors to report, because a timer may throw without end. */
const maxReported = 20;

/** Reports each distinct error of a test once. */
export function reportOnce(report: (text: string) => void): (error: unknown) => void {
  const reported = new Set<string>();
  return (error) => {
    const text = describeThrown(error);
    if (reported.size >= maxReported || reported.has(text)) return;
    reported.add(text);
    report(`unhandled error of the test: ${text}`);
  };
}

/** Prints a defect of muster and ends the process. */
export function endByDefect(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(`muster: a defect in muster: ${text}\n`);
  void stderr.settled().then(() => processEnd.now(exitCodes.defect));
}

/** Catches errors that nothing handles, so that only a defect of muster ends the process. */
class UnhandledErrors {
  #listener: UnhandledErrorListener = {
    ofTest: reportOnce((text) => stderr.tryWrite(`muster: ${text}\n`)),
    ofMuster: endByDefect,
  };

  /** Catches all such errors of this process from now on. */
  catchAll(): void {
    const listener = (error: unknown) =>
      isDefect(error) ? this.#listener.ofMuster(error) : this.#listener.ofTest(error);
    process.on("uncaughtException", listener);
    process.on("unhandledRejection", listener);
  }

  /** Replaces the listener. Returns a function that restores the previous one. */
  listen(listener: UnhandledErrorListener): () => void {
    const before = this.#listener;
    this.#listener = listener;
    return () => {
      this.#listener = before;
    };
  }
}

export const unhandledErrors = new UnhandledErrors();
