import { type DelayedTime, delayIn } from "../../analysis/health/generator-delay.ts";
import type { WorkerHealth } from "../../analysis/health/generator-run.ts";
import { countsInTotals } from "../../core/measure-kind.ts";
import {
  defaultStallMs,
  type HealthReport,
  type HealthSample,
  HealthSeries,
  type HealthWindow,
  type OverallHealth,
  type WorkerHealthFacts,
} from "../../stats/health-sample.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";

/** The maximum number of samples of one worker, and of all workers together; the latter take about 15 MB. */
const mostSamples = 3_600;
const mostOfAll = 100_000;
const fewestSamples = 60;
/** The maximum number of delays. Windows of thresholds look back two minutes and the length of a window. */
const mostDelays = 20_000;

/** The health of the workers according to their reports. */
export class HealthLog {
  readonly #workers = new Map<number, WorkerLog>();
  /** The parts of the run in which a worker was late, in order of their reports. */
  readonly delays: DelayedTime[] = [];
  /** Samples that are not in the store yet, by start and width. */
  #unsaved = new Map<string, { startMs: number; widthMs: number; samples: Map<number, HealthSample[]> }>();

  readonly #stallLimitMs: number;

  constructor(stallLimitMs = defaultStallMs) {
    this.#stallLimitMs = stallLimitMs;
  }

  add(worker: number, report: IntervalReport): void {
    if (report.health === null) return;
    const sample = sampleOf(report, report.health);
    this.#log(worker).add(sample, report, report.health);
    this.#noteDelay(worker, sample);
    this.#trim(worker, sample);
    const key = `${sample.atMs} ${sample.widthMs}`;
    const window = this.#unsaved.get(key);
    if (window !== undefined) window.samples.set(worker, [sample]);
    else {
      const samples = new Map([[worker, [sample]]]);
      this.#unsaved.set(key, { startMs: sample.atMs, widthMs: sample.widthMs, samples });
    }
  }

  /** Restores the stored samples of a resumed run. */
  restore(windows: Iterable<HealthWindow>, workers: Iterable<WorkerHealthFacts & { readonly number: number }>): void {
    for (const { samples } of windows) {
      for (const [worker, some] of samples) {
        for (const sample of some) {
          this.#log(worker).requests += sample.requests;
          this.#noteDelay(worker, sample);
          this.#trim(worker, sample);
        }
      }
    }
    for (const { number, ...known } of workers) this.#workers.get(number)?.restore(known);
  }

  latest(worker: number): HealthSample | null {
    return this.#workers.get(worker)?.series.latest ?? null;
  }

  of(worker: number): WorkerHealth | undefined {
    return this.#workers.get(worker)?.health(worker);
  }

  /** Returns the facts about a worker besides its samples; nulls before its first report. */
  factsOf(worker: number): WorkerHealthFacts {
    return this.#workers.get(worker)?.facts ?? { p50Ms: null, fileDescriptorLimit: null, userTimeMs: [] };
  }

  /** Returns the health of each worker by its number, in ascending order. */
  byWorker(): Map<number, WorkerHealth> {
    const ascending = [...this.#workers].sort(([a], [b]) => a - b);
    return new Map(ascending.map(([worker, log]) => [worker, log.health(worker)]));
  }

  all(): WorkerHealth[] {
    return [...this.byWorker().values()];
  }

  /** Returns the unsaved windows that end by `toMs`. The next call returns them again unless `saved` was called. */
  unsaved(toMs: number): HealthWindow[] {
    return [...this.#unsaved.values()].filter(({ startMs, widthMs }) => startMs + widthMs <= toMs);
  }

  saved(windows: readonly HealthWindow[]): void {
    for (const { startMs, widthMs } of windows) this.#unsaved.delete(`${startMs} ${widthMs}`);
  }

  #noteDelay(worker: number, sample: HealthSample): void {
    const delay = delayIn(worker, sample, this.#stallLimitMs);
    if (delay === null) return;
    this.delays.push(delay);
    if (this.delays.length > mostDelays) this.delays.splice(0, mostDelays / 2);
  }

  #trim(worker: number, sample: HealthSample): void {
    const share = Math.floor(mostOfAll / Math.max(1, this.#workers.size));
    this.#log(worker).series.add(sample, Math.min(mostSamples, Math.max(fewestSamples, share)));
  }

  #log(worker: number): WorkerLog {
    let log = this.#workers.get(worker);
    if (log === undefined) {
      log = new WorkerLog();
      this.#workers.set(worker, log);
    }
    return log;
  }
}

class WorkerLog {
  readonly series = new HealthSeries();
  requests = 0;
  readonly #userTimeMs = new Map<string, number>();
  #overall: OverallHealth = { p50Ms: null, fileDescriptorLimit: null };

  get facts(): WorkerHealthFacts {
    return { ...this.#overall, userTimeMs: [...this.#userTimeMs] };
  }

  restore({ p50Ms, fileDescriptorLimit, userTimeMs }: WorkerHealthFacts): void {
    this.#overall = { p50Ms, fileDescriptorLimit };
    for (const [className, ms] of userTimeMs) this.#userTimeMs.set(className, ms);
  }

  add(sample: HealthSample, { users }: IntervalReport, { p50Ms, fileDescriptorLimit }: HealthReport): void {
    this.requests += sample.requests;
    this.#overall = { p50Ms, fileDescriptorLimit };
    for (const { className, count } of users) {
      this.#userTimeMs.set(className, (this.#userTimeMs.get(className) ?? 0) + count * sample.widthMs);
    }
  }

  health(worker: number): WorkerHealth {
    return {
      name: `worker ${worker}`,
      samples: this.series.samples,
      requests: this.requests,
      ...this.#overall,
      userTime: this.#userTimeMs,
    };
  }
}

function sampleOf({ window, windowCount, endpoints }: IntervalReport, health: HealthReport): HealthSample {
  const { fileDescriptorLimit: _, p50Ms: __, ...measured } = health;
  const requests = endpoints.filter(countsInTotals).reduce((sum, endpoint) => sum + endpoint.requests, 0);
  return { atMs: window * 1_000, widthMs: windowCount * 1_000, requests, ...measured };
}
