import type { LossPolicy, RunEvent } from "../core/run.ts";
import type { StopReason } from "../protocol/worker-messages.ts";
import type { LoadControl } from "./load/load-control.ts";
import type { Ledger } from "./record/ledger.ts";
import type { RunBook } from "./record/run-book.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";

export interface WorkerLossOptions {
  readonly ledger: Ledger;
  readonly policy: LossPolicy;
  readonly minWorkers: number;
  /** Gone workers whose part nobody could take over, of a run that was taken up again. */
  readonly notTakenOver: readonly number[];
  /** Whether a worker that comes back can still report. */
  readonly isOver: () => boolean;
  /** What steers the load; null when none runs. */
  readonly control: () => LoadControl | null;
  /** Workers that are in the run now. */
  readonly count: () => number;
  readonly elapsedMs: () => number;
  readonly book: RunBook;
  /** The run cannot go on. */
  readonly giveUp: (reason: string) => void;
}

/** Workers that come and go while the load runs: who takes over what, and what the run's reader has to know of it. */
export class WorkerLoss {
  /** Gone workers whose part of the load nobody could take over. */
  readonly #notTakenOver: Set<number>;
  readonly #seenSlow = new Set<number>();
  readonly #options: WorkerLossOptions;

  constructor(options: WorkerLossOptions) {
    this.#options = options;
    this.#notTakenOver = new Set(options.notTakenOver);
  }

  /** Workers whose part of the load was not carried out, though it was to be. */
  get notTakenOver(): readonly number[] {
    return [...this.#notTakenOver];
  }

  /** It says nothing more: what it had not reported is missing, unless it comes back. */
  lost(worker: ConnectedWorker): void {
    const { ledger, policy, minWorkers, elapsedMs, count } = this.#options;
    this.#options.book.touch(worker);
    // One that was never told to begin had nothing to do.
    const { hasStarted, lostBecause } = worker.facts;
    if (worker.isDone || !hasStarted) return;
    ledger.lost(worker.number, elapsedMs());
    const what = `${worker.description} was lost after ${seconds(elapsedMs())} (${lostBecause})`;
    const users = this.#usersOf(worker);
    this.#warn("worker-lost", `${what}; its ${users} users ${this.#handOver(worker, policy === "rebalance")}`);
    if (policy === "fail") this.#options.giveUp(`${what}, and --on-worker-loss is fail`);
    else if (count() < minWorkers) {
      const left =
        count() === 0 ? "every worker was lost" : `only ${count()} of at least ${minWorkers} workers are left`;
      this.#options.giveUp(minWorkers > 1 && count() > 0 ? `${left} (--min-workers)` : left);
    }
  }

  /** Its load ended before the run's, by its own master's absence or because somebody told it to go. */
  left(worker: ConnectedWorker, reason: StopReason): void {
    this.#options.book.touch(worker);
    const what = `${worker.description} left after ${seconds(this.#options.elapsedMs())}`;
    const why = reason === "orphaned" ? " (it had been without a master for too long)" : "";
    const users = this.#usersOf(worker);
    this.#warn("worker-left", `${what}${why}; its ${users} users ${this.#handOver(worker, true)}`);
  }

  /**
   * All that it had to do is done, before the run's end. What it was given while it was about to end, others have to do;
   * and it can take over nothing.
   */
  finished(worker: ConnectedWorker): void {
    const { control: find, elapsedMs } = this.#options;
    const control = find();
    if (control === null || !control.workers.includes(worker.number) || elapsedMs() >= control.endMs) return;
    const counted = new Map(worker.facts.counted);
    const left = control.leftOf(worker.number, counted);
    if (left === 0 && control.workers.length === 1) return;
    if (control.leave(worker.number, counted) || left === 0) return;
    this.#notTakenOver.add(worker.number);
    this.#options.book.warn(`${left} iterations were left to ${worker.description}, which had ended by then`);
  }

  /** It was lost and is there again. Its reports go on where they stopped. */
  returned(worker: ConnectedWorker, isRunning: boolean): void {
    const { ledger, control, elapsedMs, book, isOver } = this.#options;
    // Nobody waits for its reports any more: they stay missing.
    if (isOver()) return;
    ledger.returned(worker.number);
    book.touch(worker);
    this.#notTakenOver.delete(worker.number);
    if (isRunning) control()?.join(worker.number);
    book.note("worker-returned", `${worker.description} came back after ${seconds(elapsedMs())}`);
  }

  /** A worker that came late is ready: it gets its share. */
  joined(worker: ConnectedWorker): void {
    const { ledger, control, elapsedMs, book } = this.#options;
    book.touch(worker);
    ledger.joined(worker.number, elapsedMs());
    control()?.join(worker.number);
    book.note("worker-joined", `${worker.description} joined after ${seconds(elapsedMs())}`);
  }

  slow(worker: ConnectedWorker, blockedMs: number): void {
    // Once: in twelve hours it may happen again and again.
    if (blockedMs === 0 || this.#seenSlow.has(worker.number)) return;
    this.#seenSlow.add(worker.number);
    this.#warn(
      "worker-slow",
      `${worker.description} is slow: after ${seconds(this.#options.elapsedMs())} the test's code had blocked it for ${seconds(blockedMs)}`,
    );
  }

  #usersOf(worker: ConnectedWorker): number {
    return this.#options.control()?.userCountOf(worker.number) ?? 0;
  }

  /** Says what became of the users. */
  #handOver(worker: ConnectedWorker, isWanted: boolean): string {
    const control = this.#options.control();
    if (control === null) return "stopped";
    if (!isWanted) return "were not replaced";
    if (control.leave(worker.number, new Map(worker.facts.counted))) return "moved to the other workers";
    this.#notTakenOver.add(worker.number);
    return "stopped";
  }

  #warn(kind: RunEvent["kind"], text: string): void {
    this.#options.book.warn(text);
    this.#options.book.note(kind, text);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
