import type { ConnectedWorker } from "./connected-worker.ts";
import type { WorkerEvents } from "./worker-events.ts";

const lookEveryMs = 250;
/**
 * How long the test's code may block a worker's event loop before the worker is slow, and before it is lost. Heartbeats
 * continue meanwhile.
 */
const slowAfterMs = 3_000;
const blockedTooLongMs = 60_000;

export interface WorkerWatchOptions {
  /** The workers of the run; more may be added. */
  readonly workers: readonly ConnectedWorker[];
  /** A worker that sends nothing for this long is lost. */
  readonly workerTimeoutMs: number;
  /** How long workers continue without a master. */
  readonly orphanTimeoutMs: number;
  readonly events: Pick<WorkerEvents<ConnectedWorker>, "slow">;
  readonly nowMs: () => number;
}

/** Detects workers that are silent, and workers whose event loop is blocked. */
export class WorkerWatch {
  readonly #options: WorkerWatchOptions;
  readonly #slow = new Set<ConnectedWorker>();
  #timer: NodeJS.Timeout | null = null;
  #lookedMs: number;

  constructor(options: WorkerWatchOptions) {
    this.#options = options;
    this.#lookedMs = options.nowMs();
  }

  /** Starts to check the workers four times a second. Before, no message of a worker could arrive. */
  start(): void {
    this.#lookedMs = this.#options.nowMs();
    for (const worker of this.#options.workers) worker.socket.lastHeardMs = this.#lookedMs;
    this.#timer = setInterval(() => this.look(), lookEveryMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  look(): void {
    const { workers } = this.#options;
    const nowMs = this.#options.nowMs();
    const asleepMs = nowMs - this.#lookedMs - lookEveryMs;
    this.#lookedMs = nowMs;
    // While this process was suspended, it read no messages, so that time does not count.
    if (asleepMs > lookEveryMs) for (const worker of workers) worker.socket.lastHeardMs += asleepMs;
    this.#lookForSilence(nowMs);
    for (const worker of workers) if (worker.isAlive) this.#lookAtPace(worker);
  }

  #lookForSilence(nowMs: number): void {
    const { workers, workerTimeoutMs, orphanTimeoutMs } = this.#options;
    const alive = workers.filter((worker) => worker.isAlive);
    const isSilent = (worker: ConnectedWorker, patienceMs: number) => nowMs - worker.socket.lastHeardMs > patienceMs;
    // If all workers are silent, the master may be cut off. The workers continue without it for a while.
    const isAlone = alive.every((worker) => isSilent(worker, workerTimeoutMs));
    const longestMs = Math.max(workerTimeoutMs, orphanTimeoutMs);
    for (const worker of alive) {
      const patienceMs = worker.state.isAwaited || isAlone ? longestMs : workerTimeoutMs;
      if (!isSilent(worker, patienceMs)) continue;
      if (worker.isDone) worker.leaveBehind();
      else worker.lose(`sent nothing for ${patienceMs / 1_000} s`);
    }
  }

  #lookAtPace(worker: ConnectedWorker): void {
    const { blockedMs } = worker.state;
    if (blockedMs > blockedTooLongMs) {
      worker.lose(`the test's code has blocked its event loop for ${blockedTooLongMs / 1_000} s`);
    }
    const isSlow = blockedMs > slowAfterMs;
    if (isSlow === this.#slow.has(worker)) return;
    if (isSlow) this.#slow.add(worker);
    else this.#slow.delete(worker);
    this.#options.events.slow(worker, blockedMs);
  }
}
