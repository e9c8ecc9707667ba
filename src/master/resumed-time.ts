import type { MasterOptions } from "./master-options.ts";
import type { Journal } from "./record/journal.ts";
import type { RunTimeline } from "./run-timeline.ts";
import type { StopRequest } from "./stop-request.ts";
import type { Workers } from "./workers/workers.ts";

/** Added to the timeout of workers: after it, every worker has reconnected or is lost. */
const marginMs = 1_000;
/** By how much the wall clock may have been corrected since the start of the run. */
const wallMarginMs = 60_000;
/** The last reported window may not be over yet: the run may be younger than the end of that window by at most this. */
const windowMarginMs = 5_000;
/** Two workers confirm each other if their times of the run differ by at most this. */
const agreementMs = 2_000;

interface ResumedTimeOptions extends Pick<MasterOptions, "workerTimeoutMs" | "orphanTimeoutMs"> {
  readonly log: Pick<MasterOptions["log"], "warn">;
  /** The stored state of a resumed run; null for a new run. */
  readonly restored: { readonly state: { readonly startedAt: string | null }; readonly reportedToMs: number } | null;
}

type Notes = Pick<Journal, "warn" | "note">;

/** The time of the run by the clock of one worker. */
interface Claim {
  readonly worker: number;
  readonly elapsedMs: number;
  /** When the worker sent it, on the master's clock. */
  readonly atMs: number;
}

/**
 * The time of a resumed run. Workers know it, and the first that reconnects tells it. The wall clock may be wrong, so
 * it does not control the load. But a time that the wall clock does not confirm is accepted only if a second worker
 * confirms it, or if no time was confirmed when the wait ends.
 */
export class ResumedTime {
  #isKnown: boolean;
  /** The last time from each worker that the wall clock does not confirm, by the number of the worker. */
  readonly #claims = new Map<number, Claim>();
  readonly #options: ResumedTimeOptions;
  readonly #timeline: Pick<RunTimeline, "startIn">;

  constructor(options: ResumedTimeOptions, timeline: Pick<RunTimeline, "startIn">) {
    this.#options = options;
    this.#timeline = timeline;
    this.#isKnown = (options.restored?.state.startedAt ?? null) === null;
  }

  /** Whether the time of the run is known. True for every run that is not resumed. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /**
   * The latest time of the run that a report can cover if the wall clock is right. It may be wrong, so a later report
   * can only be judged once the time is known.
   */
  get latestMs(): number {
    const { sinceMs, reportedToMs } = this.#known;
    return Math.max(sinceMs, reportedToMs) + wallMarginMs;
  }

  get #known(): { sinceMs: number; reportedToMs: number } {
    const { state, reportedToMs } = this.#options.restored ?? { state: { startedAt: null }, reportedToMs: 0 };
    return { sinceMs: state.startedAt === null ? 0 : Date.now() - Date.parse(state.startedAt), reportedToMs };
  }

  /**
   * Takes the time of the run from one of its workers; null when the worker does not know it.
   * @returns whether the time was unknown before, and is known now
   */
  learn(worker: number, elapsedMs: number | null, journal: Notes): boolean {
    if (this.#isKnown || elapsedMs === null) return false;
    if (this.#isPossible(elapsedMs) || this.#isAgreed(worker, elapsedMs)) {
      this.#take(elapsedMs, journal);
      return true;
    }
    const isFirst = !this.#claims.has(worker);
    this.#claims.set(worker, { worker, elapsedMs, atMs: performance.now() });
    if (!isFirst) return false;
    const text = `worker ${worker} reports that the run is at ${seconds(elapsedMs)}, which the wall clock does not confirm`;
    this.#options.log.warn(text);
    journal.warn(text);
    return false;
  }

  /** Whether the run can be this old: its reports give the minimum age, the wall clock the maximum. */
  #isPossible(elapsedMs: number): boolean {
    return elapsedMs >= this.#known.reportedToMs - windowMarginMs && elapsedMs <= this.latestMs;
  }

  #isAgreed(worker: number, elapsedMs: number): boolean {
    const nowMs = performance.now();
    return [...this.#claims.values()].some((claim) => {
      return claim.worker !== worker && Math.abs(claim.elapsedMs + nowMs - claim.atMs - elapsedMs) <= agreementMs;
    });
  }

  #take(elapsedMs: number, journal: Notes): void {
    this.#isKnown = true;
    this.#timeline.startIn(-elapsedMs);
    const from = seconds(this.#options.restored?.reportedToMs ?? 0);
    const text = `the master was down from about ${from} to ${seconds(elapsedMs)}: the load continued, but could not be changed`;
    journal.warn(text);
    journal.note("master-resumed", text);
  }

  /**
   * Resolves when the time is known, no worker is left that could know it, the run is stopped, or the wait times out.
   * If the time is still unknown then, the median of the unconfirmed times is accepted, if there are any.
   */
  async wait(
    workers: Pick<Workers, "alive" | "until">,
    stop: Pick<StopRequest, "isMade">,
    journal: Notes,
  ): Promise<void> {
    const { workerTimeoutMs, orphanTimeoutMs } = this.#options;
    const isOver = () => this.#isKnown || workers.alive.length === 0 || stop.isMade;
    await workers.until(isOver, Math.max(workerTimeoutMs, orphanTimeoutMs) + marginMs);
    const claims = [...this.#claims.values()];
    const ages = claims.map(({ elapsedMs, atMs }) => elapsedMs + performance.now() - atMs).sort((a, b) => a - b);
    const middle = ages[Math.floor((ages.length - 1) / 2)];
    if (!this.#isKnown && middle !== undefined) this.#take(middle, journal);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
