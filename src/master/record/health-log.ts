import type { WorkerHealth } from "../../analysis/health/generator-run.ts";
import type { HealthReport, HealthSample, HealthWindow, OverallHealth } from "../../stats/health-sample.ts";
import { HealthSeries } from "../../stats/health-series.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";

/** Samples of one worker, and of all workers together: some 15 MB. */
const mostSamples = 3_600;
const mostOfAll = 100_000;
const fewestSamples = 60;

/** What the workers' reports say of how they did. */
export class HealthLog {
  readonly #workers = new Map<number, WorkerLog>();
  /** Not in the store yet, by start and width. */
  #unsaved = new Map<string, { startMs: number; widthMs: number; samples: Map<number, HealthSample> }>();

  add(worker: number, report: IntervalReport): void {
    if (report.health === null) return;
    const sample = sampleOf(report, report.health);
    this.#log(worker).add(sample, report, report.health);
    this.#trim(worker, sample);
    const key = `${sample.atMs} ${sample.widthMs}`;
    const window = this.#unsaved.get(key);
    if (window !== undefined) window.samples.set(worker, sample);
    else {
      const samples = new Map([[worker, sample]]);
      this.#unsaved.set(key, { startMs: sample.atMs, widthMs: sample.widthMs, samples });
    }
  }

  /** What was kept of a run that is taken up again; whom its workers ran is not. */
  restore(windows: Iterable<HealthWindow>, workers: Iterable<OverallHealth & { readonly number: number }>): void {
    for (const { samples } of windows) {
      for (const [worker, sample] of samples) {
        this.#log(worker).requests += sample.requests;
        this.#trim(worker, sample);
      }
    }
    for (const { number, ...overall } of workers) this.#workers.get(number)?.restore(overall);
  }

  latest(worker: number): HealthSample | null {
    return this.#workers.get(worker)?.series.latest ?? null;
  }

  of(worker: number): WorkerHealth | undefined {
    return this.#workers.get(worker)?.health(worker);
  }

  /** Nulls before its first report. */
  overallOf(worker: number): OverallHealth {
    return this.#workers.get(worker)?.overall ?? { p50Ms: null, fileDescriptorLimit: null };
  }

  all(): WorkerHealth[] {
    return [...this.#workers].sort(([a], [b]) => a - b).map(([worker, log]) => log.health(worker));
  }

  /** What is to be kept of the windows that end by `toMs`; it goes on being told until `saved`. */
  unsaved(toMs: number): HealthWindow[] {
    return [...this.#unsaved.values()].filter(({ startMs, widthMs }) => startMs + widthMs <= toMs);
  }

  saved(windows: readonly HealthWindow[]): void {
    for (const { startMs, widthMs } of windows) this.#unsaved.delete(`${startMs} ${widthMs}`);
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
  readonly #userTime = new Map<string, number>();
  #overall: OverallHealth = { p50Ms: null, fileDescriptorLimit: null };

  get overall(): OverallHealth {
    return this.#overall;
  }

  restore({ p50Ms, fileDescriptorLimit }: OverallHealth): void {
    this.#overall = { p50Ms, fileDescriptorLimit };
  }

  add(sample: HealthSample, { users }: IntervalReport, { p50Ms, fileDescriptorLimit }: HealthReport): void {
    this.requests += sample.requests;
    this.#overall = { p50Ms, fileDescriptorLimit };
    for (const { className, count } of users) {
      this.#userTime.set(className, (this.#userTime.get(className) ?? 0) + count * sample.widthMs);
    }
  }

  health(worker: number): WorkerHealth {
    return {
      name: `worker ${worker}`,
      samples: this.series.samples,
      requests: this.requests,
      ...this.#overall,
      userTime: this.#userTime,
    };
  }
}

function sampleOf({ window, windowCount, endpoints }: IntervalReport, health: HealthReport): HealthSample {
  const { fileDescriptorLimit: _, p50Ms: __, ...measured } = health;
  const requests = endpoints.reduce((sum, endpoint) => sum + endpoint.requests, 0);
  return { atMs: window * 1_000, widthMs: windowCount * 1_000, requests, ...measured };
}
