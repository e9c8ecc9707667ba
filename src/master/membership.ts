import type { RunEvent } from "../core/run.ts";
import type { StopReason } from "../protocol/worker-messages.ts";
import type { LoadControl } from "./load/load-control.ts";
import type { RunParts, WatchedLoad } from "./run-context.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";

/**
 * Handles workers that leave, return and join while the load runs: passes their part to other workers, and adds events
 * to the result.
 */
export class Membership {
  /** The numbers of the workers that are gone and whose part of the load no other worker could take over. */
  readonly #notTakenOver: Set<number>;
  readonly #seenSlow = new Set<number>();
  readonly #run: RunParts;
  readonly #load: WatchedLoad;

  /** @param notTakenOver the workers of a resumed run whose load was not taken over */
  constructor(run: RunParts, load: WatchedLoad, notTakenOver: readonly number[]) {
    this.#run = run;
    this.#load = load;
    this.#notTakenOver = new Set(notTakenOver);
  }

  /** The workers whose part of the load was planned but not carried out. */
  get notTakenOver(): readonly number[] {
    return [...this.#notTakenOver];
  }

  /**
   * Handles the loss of a worker: it is silent, or its process has ended. What it had not reported is missing, unless
   * it returns.
   */
  lost(worker: ConnectedWorker): void {
    const { collector, timeline, workers, options } = this.#run;
    const { onWorkerLoss: policy, minWorkers } = options;
    const { hasStarted, lostBecause, takenSequence } = worker.state;
    // A worker that was never started had nothing to do, but may have waited for a share.
    if (!hasStarted) this.#runningControl()?.leave(worker.number);
    if (worker.isDone || !hasStarted) return;
    collector.ledger.lost(worker.number, takenSequence + 1, timeline.elapsedMs);
    const what = `${worker.description} was lost after ${seconds(timeline.elapsedMs)} (${lostBecause})`;
    const users = this.#usersOf(worker);
    this.#warn("worker-lost", `${what}; its ${users} users ${this.#handOver(worker, policy === "rebalance")}`);
    const left = workers.alive.length;
    if (policy === "fail") this.#giveUp(`${what}, and --on-worker-loss is fail`);
    else if (left < minWorkers) {
      const few = `only ${left} of at least ${minWorkers} workers are left (--min-workers)`;
      this.#giveUp(left === 0 ? "every worker was lost" : few);
    }
  }

  /**
   * Handles a worker that starts no new iterations. The other workers take over at once what does not depend on how its
   * iterations end.
   */
  leaving(worker: ConnectedWorker): void {
    this.#runningControl()?.retire(worker.number);
  }

  /** Handles a worker that left during the run, because it was without a master for too long or was drained. */
  left(worker: ConnectedWorker, reason: StopReason): void {
    this.#run.journal.touch(worker);
    const what = `${worker.description} left after ${seconds(this.#run.timeline.elapsedMs)}`;
    const why = reason === "orphaned" ? " (it had been without a master for too long)" : "";
    const users = this.#usersOf(worker);
    this.#warn("worker-left", `${what}${why}; its ${users} users ${this.#handOver(worker, true)}`);
  }

  /**
   * Handles a worker that completed its work before the end of the run. It takes over nothing more. If it was assigned
   * work while it was ending, other workers do that work.
   */
  finished(worker: ConnectedWorker): void {
    const control = this.#runningControl();
    const { timeline, journal } = this.#run;
    if (control === null || !control.workers.includes(worker.number) || timeline.elapsedMs >= control.endMs) return;
    const counted = new Map(worker.state.counted);
    const left = control.leftOf(worker.number, counted);
    if (left === 0 && control.workers.length === 1) return;
    if (control.leave(worker.number, counted) || left === 0) return;
    this.#notTakenOver.add(worker.number);
    journal.warn(
      `${left} iterations were not run: they were assigned to ${worker.description}, which had ended by then`,
    );
  }

  /**
   * Handles a lost worker that is back. Its reports resume where they stopped. It gets a share of the load, unless it is
   * leaving and starts no new iterations.
   */
  returned(worker: ConnectedWorker, isRunning: boolean): void {
    const { collector, journal, timeline } = this.#run;
    // The run no longer waits for its reports: they stay missing.
    if (this.#load.state === "over") return;
    collector.ledger.returned(worker.number);
    journal.touch(worker);
    this.#notTakenOver.delete(worker.number);
    if (isRunning && !worker.state.isLeaving) this.#runningControl()?.join(worker.number);
    journal.note("worker-returned", `${worker.description} reconnected after ${seconds(timeline.elapsedMs)}`);
  }

  /** Gives a late worker that is ready its share of the load. */
  joined(worker: ConnectedWorker): void {
    const { collector, journal, timeline } = this.#run;
    journal.touch(worker);
    collector.ledger.joined(worker.number, timeline.elapsedMs);
    this.#runningControl()?.join(worker.number);
    journal.note("worker-joined", `${worker.description} joined after ${seconds(timeline.elapsedMs)}`);
  }

  /** Warns once that the test's code blocked a worker: in a run of twelve hours, it may happen again and again. */
  slow(worker: ConnectedWorker, blockedMs: number): void {
    if (blockedMs === 0 || this.#seenSlow.has(worker.number)) return;
    this.#seenSlow.add(worker.number);
    this.#warn(
      "worker-slow",
      `${worker.description} is slow: after ${seconds(this.#run.timeline.elapsedMs)} the test's code had blocked it for ${seconds(blockedMs)}`,
    );
  }

  #runningControl(): LoadControl | null {
    return this.#load.state === "running" ? this.#load.control : null;
  }

  #usersOf(worker: ConnectedWorker): number {
    return this.#runningControl()?.userCountOf(worker.number) ?? 0;
  }

  /** Hands the worker's users over if wanted. Returns what happened to them, as the end of a sentence. */
  #handOver(worker: ConnectedWorker, isWanted: boolean): string {
    const control = this.#runningControl();
    if (control === null) return "stopped";
    if (!isWanted) return "were not replaced";
    if (control.leave(worker.number, new Map(worker.state.counted))) return "moved to the other workers";
    this.#notTakenOver.add(worker.number);
    return "stopped";
  }

  #giveUp(message: string): void {
    if (this.#load.state === "running") this.#load.endEarly({ kind: "too-few-workers", message });
  }

  #warn(kind: RunEvent["kind"], text: string): void {
    this.#run.journal.warn(text);
    this.#run.journal.note(kind, text);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
