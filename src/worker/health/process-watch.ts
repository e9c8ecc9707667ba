import { readdirSync, readFileSync, statSync } from "node:fs";

const descriptorFolder = "/proc/self/fd";
/** Where the kernel does not keep the count (before Linux 6.2) it is counted, and not so often. */
const countEveryMs = 10_000;

export interface ProcessHealth {
  readonly rssBytes: number;
  readonly cpu: number;
  readonly fileDescriptors: number;
  readonly fileDescriptorLimit: number | null;
}

/** Watches this process, all of its threads. */
export class ProcessWatch {
  readonly #limit = descriptorLimit();
  #cpu = process.cpuUsage();
  #takenMs = performance.now();
  #counted = 0;
  #countedMs = Number.NEGATIVE_INFINITY;

  /** The CPU since the last call. */
  take(): ProcessHealth {
    const nowMs = performance.now();
    const { user, system } = process.cpuUsage(this.#cpu);
    const elapsedMs = Math.max(1, nowMs - this.#takenMs);
    this.#cpu = process.cpuUsage();
    this.#takenMs = nowMs;
    return {
      rssBytes: process.memoryUsage.rss(),
      cpu: (user + system) / 1_000 / elapsedMs,
      fileDescriptors: this.#descriptors(nowMs),
      fileDescriptorLimit: this.#limit,
    };
  }

  #descriptors(nowMs: number): number {
    try {
      const known = statSync(descriptorFolder).size;
      if (known > 0) return known;
      if (nowMs - this.#countedMs >= countEveryMs) {
        this.#counted = readdirSync(descriptorFolder).length;
        this.#countedMs = nowMs;
      }
    } catch {
      // Not Linux, or /proc is hidden.
    }
    return this.#counted;
  }
}

/** Null where it is not known, or there is none. */
function descriptorLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}
