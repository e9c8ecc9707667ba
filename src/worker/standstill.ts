import { monotonicMs } from "./time/monotonic.ts";

const lookEveryMs = 200;
/** The master hears of a worker that continues after the next heartbeat; without a master, the worker continues anyway. */
const longestHoldMs = 5_000;

/** A process that used more than this share of a CPU did not stand still: the code of the test kept its event loop busy. */
const busyShare = 0.1;

export interface HeldLoad {
  /** Starts no new iterations until `release`. */
  hold(): void;
  release(): void;
}

/**
 * Notices that this process stood still for so long that its master has declared it lost, as after SIGSTOP or on a machine
 * that was suspended. Others do its work then, so it starts nothing until the master has told it what is still its own.
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
   * @param workerTimeoutMs a worker that is silent for so long is lost
   * @param cpuMs the CPU time that this process has used
   */
  constructor(
    workerTimeoutMs: number,
    load: HeldLoad,
    nowMs: () => number = monotonicMs,
    cpuMs: () => number = processCpuMs,
  ) {
    // The last heartbeat was up to a second before.
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

  /** The master has told the worker what it has to do. */
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
