import { exitCodes } from "../../core/errors.ts";
import { describeThrown, isDefect } from "../../scenario/bundle/test-frames.ts";
import { processEnd } from "./process-end.ts";
import { stderr } from "./standard-streams.ts";

/** Who is told of errors that nobody waited for: thrown in a timer, or rejections without a handler. */
export interface StrayListener {
  /** One of the test, or of a module that it imports. */
  readonly ofTest: (error: unknown) => void;
  /** One of muster's own. */
  readonly ofMuster: (error: unknown) => void;
}

/** Different errors that are told of; a timer may throw without end. */
const mostTold = 20;

/** Tells of each error of a test once. */
export function tellOnce(say: (text: string) => void): (error: unknown) => void {
  const told = new Set<string>();
  return (error) => {
    const text = describeThrown(error);
    if (told.size >= mostTold || told.has(text)) return;
    told.add(text);
    say(`the test threw where nobody waited for it: ${text}`);
  };
}

/** Prints a defect and ends the process. */
function endByDefect(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(`muster: a defect in muster: ${text}\n`);
  void stderr.settled().then(() => processEnd.now(exitCodes.defect));
}

/** No error that nobody waited for ends this process, unless it is muster's own. */
class StrayErrors {
  #listener: StrayListener = { ofTest: tellOnce((text) => stderr.say(`muster: ${text}\n`)), ofMuster: endByDefect };

  catchAll(): void {
    const hear = (error: unknown) => (isDefect(error) ? this.#listener.ofMuster(error) : this.#listener.ofTest(error));
    process.on("uncaughtException", hear);
    process.on("unhandledRejection", hear);
  }

  /** From now on `listener` is told, and nobody else. Returns what gives that back to who was told before. */
  listen(listener: StrayListener): () => void {
    const before = this.#listener;
    this.#listener = listener;
    return () => {
      this.#listener = before;
    };
  }
}

export const strayErrors = new StrayErrors();
