import type { MasterOptions } from "./master-options.ts";
import type { Journal } from "./record/journal.ts";
import type { RunTimeline } from "./run-timeline.ts";
import type { StopRequest } from "./stop-request.ts";
import type { Workers } from "./workers/workers.ts";

/** Added to the timeout of workers: by then, all have reconnected or are lost. */
const marginMs = 1_000;

/**
 * The time of a resumed run: the first worker that reconnects knows it. The wall clock may be wrong, so the load is not
 * controlled by it.
 */
export class ResumedTime {
  #isKnown: boolean;
  readonly #options: MasterOptions;
  readonly #timeline: RunTimeline;

  constructor(options: MasterOptions, timeline: RunTimeline) {
    this.#options = options;
    this.#timeline = timeline;
    this.#isKnown = (options.restored?.state.startedAt ?? null) === null;
  }

  /** True for every run that is not resumed. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /**
   * Takes the time of the run by a worker's clock; null when the worker does not know it.
   * @returns whether the time was unknown before
   */
  learn(elapsedMs: number | null, journal: Journal): boolean {
    if (this.#isKnown || elapsedMs === null) return false;
    this.#isKnown = true;
    this.#timeline.startIn(-elapsedMs);
    const from = ((this.#options.restored?.reportedToMs ?? 0) / 1_000).toFixed(1);
    const to = (elapsedMs / 1_000).toFixed(1);
    const text = `the master was away from about ${from} s to ${to} s: the load continued, but could not be changed`;
    journal.warn(text);
    journal.note("master-resumed", text);
    return true;
  }

  /** Resolves when the time is known, no worker is left that could know it, or the run is stopped. */
  async wait(workers: Workers, stop: StopRequest): Promise<void> {
    const { workerTimeoutMs, orphanTimeoutMs } = this.#options;
    const isOver = () => this.#isKnown || workers.alive.length === 0 || stop.isMade;
    await workers.until(isOver, Math.max(workerTimeoutMs, orphanTimeoutMs) + marginMs);
  }
}
