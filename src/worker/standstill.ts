import { monotonicMs } from "./time/monotonic.ts";

const lookEveryMs = 200;
/**
 * The maximum time to hold the load, in ms. The master learns from the next heartbeat that the worker runs again. Without
 * a master, the worker resumes after this time.
 */
const longestHoldMs = 5_000;

/** A process that used more than this share of a CPU did not stand still: the code of the test kept its event loop busy. */
const busyShare = 0.1;

export interface HeldLoad {
  /** Starts no new iterations until `release`. */
  hold(): void;
  release(): void;
}

/**
 * Detects that this process stood still for so long that its master has declared it lost, for example after SIGSTOP or on a
 * machine that was suspended. Other workers then do its work, so it starts no iterations until the master has sent its share.
 */
export class Standstill {
  readonly #longestGapMs: number;
  readonly #load: HeldLoad;
  readonly #nowMs: () => number;
  readonly #cpuMs: () => number;
  #cpuUsedMs: number;
  readonly #timer: NodeJS.Timeout;
  #lookedMs: number;
  #heldSinceMs: number | null = null;

  /**
   * @param workerTimeoutMs the silence after which the master declares a worker lost
   * @param cpuMs the CPU time that this process has used
   */
  constructor(
    workerTimeoutMs: number,
    load: HeldLoad,
    nowMs: () => number = monotonicMs,
    cpuMs: () => number = processCpuMs,
  ) {
    // The last heartbeat was sent up to a second before the standstill.
    this.#longestGapMs = Math.max(1_000, workerTimeoutMs - 1_000);
    this.#load = load;
    this.#nowMs = nowMs;
    this.#cpuMs = cpuMs;
    this.#cpuUsedMs = cpuMs();
    this.#lookedMs = nowMs();
    this.#timer = setInterval(() => this.look(), lookEveryMs);
    this.#timer.unref();
  }

  /** Called five times a second. */
  look(): void {
    const nowMs = this.#nowMs();
    const gapMs = nowMs - this.#lookedMs;
    this.#lookedMs = nowMs;
    const cpuMs = this.#cpuMs();
    const usedMs = cpuMs - this.#cpuUsedMs;
    this.#cpuUsedMs = cpuMs;
    if (gapMs >= this.#longestGapMs && usedMs < busyShare * gapMs) {
      this.#heldSinceMs = nowMs;
      this.#load.hold();
    } else if (this.#heldSinceMs !== null && nowMs - this.#heldSinceMs >= longestHoldMs) this.told();
  }

  /** Resumes the load: the master has sent the worker its share. */
  told(): void {
    if (this.#heldSinceMs === null) return;
    this.#heldSinceMs = null;
    this.#load.release();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
