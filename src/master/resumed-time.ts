import type { RunParts } from "./run-context.ts";

/** Beyond the timeout of workers: all are back or lost then. */
const marginMs = 1_000;

/**
 * The time of a run that was taken up again: the first worker that is back knows it. A wall clock may be wrong, and nothing
 * is steered by it.
 */
export class ResumedTime {
  #isKnown: boolean;
  readonly #run: RunParts;

  constructor(run: RunParts) {
    this.#run = run;
    this.#isKnown = (run.options.restored?.state.startedAt ?? null) === null;
  }

  /** As it is for every run that was not taken up again. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** A worker says what time of the run it is by its clock, or that it does not know; true when that is news. */
  learn(elapsedMs: number | null): boolean {
    if (this.#isKnown || elapsedMs === null) return false;
    const { options, timeline, book } = this.#run;
    this.#isKnown = true;
    timeline.startIn(-elapsedMs);
    const from = ((options.restored?.reportedToMs ?? 0) / 1_000).toFixed(1);
    const to = (elapsedMs / 1_000).toFixed(1);
    const text = `the master was away from about ${from} s to ${to} s: the load went on, but nobody could steer it`;
    book.warn(text);
    book.note("master-resumed", text);
    return true;
  }

  /** Until it is known, no worker is left that could know it, or the run is stopped. */
  async wait(): Promise<void> {
    const { options, workers, stop } = this.#run;
    const { workerTimeoutMs, orphanTimeoutMs } = options;
    const isOver = () => this.#isKnown || workers.alive.length === 0 || stop.isMade;
    await workers.until(isOver, Math.max(workerTimeoutMs, orphanTimeoutMs) + marginMs);
  }
}
