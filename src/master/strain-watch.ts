import { describeStrainNow } from "../analysis/health/health-finding.ts";
import { type StrainCause, strainLimits, strainOf } from "../analysis/health/strain.ts";
import type { HealthSample } from "../stats/health-sample.ts";
import type { HealthLog } from "./record/health-log.ts";

/** So many bad seconds more than good ones make a worker strained. */
const badSeconds = 5;
/** Who has many workers on too small a machine need not be told of each. */
const mostTold = 10;

export interface StrainWatchOptions {
  readonly health: HealthLog;
  /** Tells the user; `cause` in words. */
  readonly tell: (text: string) => void;
}

/** Tells, once, of each worker that cannot do what it should while the load runs. */
export class StrainWatch {
  readonly #options: StrainWatchOptions;
  readonly #bad = new Map<number, number>();
  readonly #seen = new Map<number, number>();
  readonly #told = new Set<number>();

  constructor(options: StrainWatchOptions) {
    this.#options = options;
  }

  /** To be called about once a second. `p95Ms` is that of the run so far; null without requests. */
  look(workers: Iterable<{ readonly number: number; readonly description: string }>, p95Ms: number | null): void {
    const limits = strainLimits(p95Ms);
    for (const { number, description } of workers) {
      const sample = this.#options.health.latest(number);
      if (sample === null || sample.atMs === this.#seen.get(number)) continue;
      this.#seen.set(number, sample.atMs);
      const strain = strainOf(sample, limits);
      if (strain.kind === "fine") this.#bad.set(number, Math.max(0, (this.#bad.get(number) ?? 0) - 1));
      else this.#note(number, description, strain.cause, sample);
    }
  }

  #note(number: number, description: string, cause: StrainCause, sample: HealthSample): void {
    const bad = Math.min(badSeconds, (this.#bad.get(number) ?? 0) + sample.widthMs / 1_000);
    this.#bad.set(number, bad);
    if (bad < badSeconds || this.#told.has(number) || this.#told.size > mostTold) return;
    this.#told.add(number);
    const isLast = this.#told.size > mostTold;
    this.#options.tell(isLast ? "further workers are strained" : describeStrainNow(description, cause, sample));
  }
}
