import { readdirSync, readFileSync, statSync } from "node:fs";
import { LastKnown } from "./last-known.ts";

const descriptorFolder = "/proc/self/fd";
const limitsFile = "/proc/self/limits";
/**
 * If the kernel does not provide the number of descriptors (before Linux 6.2), they are counted at this interval, in ms.
 */
const countEveryMs = 10_000;

export interface ProcessHealth {
  readonly rssBytes: number;
  readonly cpu: number;
  readonly fileDescriptors: number;
  readonly fileDescriptorLimit: number | null;
}

/** The readings that a process can take of itself. Each call may throw. */
export interface ProcessReadings {
  readonly rssBytes: () => number;
  readonly cpuMicros: () => number;
  /** Returns the number of open descriptors; 0 if the kernel does not provide it. */
  readonly descriptorCount: () => number;
  readonly listDescriptors: () => number;
  /** Returns the limit of open descriptors; null if there is no limit. */
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

/** Measures this process with all its threads. Never throws: at the limit of file descriptors, most readings fail. */
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
    // Read now, while file descriptors are available.
    this.#rssBytes.take();
    this.#findLimit();
  }

  /** Returns the values for the time since the last call, such as the CPU time. */
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
      // With another error, this is not Linux, or /proc is hidden. Reading again is then useless.
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
      // With another error, this is not Linux, or /proc is hidden.
      if (isAtLimit(error) && this.#limit !== null) this.#counted = this.#limit;
    }
    return this.#counted;
  }
}

/** Whether a file could not be opened because the limit of open files is reached. */
function isAtLimit(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === "EMFILE" || code === "ENFILE";
}
