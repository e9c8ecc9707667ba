import { readdirSync, readFileSync, statSync } from "node:fs";
import { LastKnown } from "./last-known.ts";

const descriptorFolder = "/proc/self/fd";
const limitsFile = "/proc/self/limits";
/** Where the kernel does not keep the count (before Linux 6.2) it is counted, and not so often. */
const countEveryMs = 10_000;

export interface ProcessHealth {
  readonly rssBytes: number;
  readonly cpu: number;
  readonly fileDescriptors: number;
  readonly fileDescriptorLimit: number | null;
}

/** What a process can be asked about itself; each call may throw. */
export interface ProcessReadings {
  readonly rssBytes: () => number;
  readonly cpuMicros: () => number;
  /** 0 where the kernel does not keep the count. */
  readonly descriptorCount: () => number;
  readonly listDescriptors: () => number;
  /** Null where there is none. */
  readonly descriptorLimit: () => number | null;
}

const systemReadings: ProcessReadings = {
  rssBytes: () => process.memoryUsage.rss(),
  cpuMicros: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  descriptorCount: () => statSync(descriptorFolder).size,
  listDescriptors: () => readdirSync(descriptorFolder).length,
  descriptorLimit: () => {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync(limitsFile, "utf8"))?.[1];
    return soft === undefined ? null : Number(soft);
  },
};

/** Watches this process, all of its threads. Never throws: at the limit of file descriptors most of its questions fail. */
export class ProcessWatch {
  readonly #readings: ProcessReadings;
  readonly #rssBytes: LastKnown<number>;
  readonly #cpuMicros: LastKnown<number>;
  #limit: number | null = null;
  #isLimitKnown = false;
  #beforeMicros: number;
  #takenMs = performance.now();
  #counted = 0;
  #countedMs = Number.NEGATIVE_INFINITY;

  constructor(readings: ProcessReadings = systemReadings) {
    this.#readings = readings;
    this.#rssBytes = new LastKnown(readings.rssBytes, 0);
    this.#cpuMicros = new LastKnown(readings.cpuMicros, 0);
    this.#beforeMicros = this.#cpuMicros.take();
    // Read now, while there are descriptors to read it with.
    this.#rssBytes.take();
    this.#findLimit();
  }

  /** The CPU since the last call. */
  take(): ProcessHealth {
    const nowMs = performance.now();
    const cpuMicros = this.#cpuMicros.take();
    const usedMs = (cpuMicros - this.#beforeMicros) / 1_000;
    const elapsedMs = Math.max(1, nowMs - this.#takenMs);
    this.#beforeMicros = cpuMicros;
    this.#takenMs = nowMs;
    this.#findLimit();
    return {
      rssBytes: this.#rssBytes.take(),
      cpu: usedMs / elapsedMs,
      fileDescriptors: this.#descriptors(nowMs),
      fileDescriptorLimit: this.#limit,
    };
  }

  #findLimit(): void {
    if (this.#isLimitKnown) return;
    try {
      this.#limit = this.#readings.descriptorLimit();
      this.#isLimitKnown = true;
    } catch (error) {
      // Not Linux, or /proc is hidden: no reason to ask again.
      this.#isLimitKnown = !isAtLimit(error);
    }
  }

  #descriptors(nowMs: number): number {
    try {
      const known = this.#readings.descriptorCount();
      if (known > 0) return known;
      if (nowMs - this.#countedMs >= countEveryMs) {
        this.#counted = this.#readings.listDescriptors();
        this.#countedMs = nowMs;
      }
    } catch (error) {
      // Else this is not Linux, or /proc is hidden.
      if (isAtLimit(error) && this.#limit !== null) this.#counted = this.#limit;
    }
    return this.#counted;
  }
}

/** Whether a file could not be opened since there are as many as there may be. */
function isAtLimit(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === "EMFILE" || code === "ENFILE";
}
