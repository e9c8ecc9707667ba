import type { RunContext } from "../run-context.ts";

/** The maximum number of attempts to start a user whose `onStart` throws. */
const mostTries = 5;
/** The delay after the first failure, in ms. It doubles with each failure, so a user tries for 15 s. */
export const startRetryMs = 1_000;

type StartEnd = "started" | "given-up" | "stopped";

/** The start of one user: retries with growing delays, gives up in the end, and counts the outcome. */
export class UserStart {
  /** True after too many failures: the user will never start. */
  isGivenUp = false;
  readonly #className: string;
  readonly #run: RunContext;
  #isUnderWay = false;

  constructor(className: string, run: RunContext) {
    this.#className = className;
    this.#run = run;
  }

  /** Repeats `attempt`. Resolves to true when it succeeds; to false when the user is given up or stopped before that. */
  async carryOut(
    attempt: () => Promise<boolean>,
    wait: (delayMs: number) => Promise<void>,
    isStopped: () => boolean,
  ): Promise<boolean> {
    if (isStopped()) return false;
    this.#isUnderWay = true;
    const end = await tryToStart(attempt, wait, isStopped, this.#run.startRetryMs);
    this.#ended(end);
    return end === "started";
  }

  /** Abandons an `onStart` that does not end. */
  abandon(): void {
    this.#ended("stopped");
  }

  /** Counts the outcome once, because abandoned code may still end later. */
  #ended(end: StartEnd): void {
    if (!this.#isUnderWay) return;
    this.#isUnderWay = false;
    if (end === "started") this.#run.recorder.startedUsers++;
    else this.#run.recorder.failedStarts++;
    if (end !== "given-up") return;
    this.isGivenUp = true;
    const what = `a user of ${this.#className} has been given up: its onStart threw ${mostTries} times; more users may follow`;
    this.#run.warnOnce(`given up: ${this.#className}`, what);
  }
}

async function tryToStart(
  attempt: () => Promise<boolean>,
  wait: (delayMs: number) => Promise<void>,
  isStopped: () => boolean,
  firstDelayMs: number,
): Promise<StartEnd> {
  let delayMs = firstDelayMs;
  for (let tries = 1; ; tries++) {
    if (await attempt()) return "started";
    if (isStopped()) return "stopped";
    if (tries === mostTries) return "given-up";
    await wait(delayMs);
    if (isStopped()) return "stopped";
    delayMs *= 2;
  }
}
