import { describeStrainNow } from "../analysis/health/health-finding.ts";
import { type StrainCause, strainLimits, strainOf } from "../analysis/health/strain.ts";
import { describeLoad, loadFindings, lossesIn } from "../analysis/load/load-findings.ts";
import { classesOf, type UnmadeLoad, unmadeLoad } from "../analysis/load/unmade-load.ts";
import { type UnjudgedTime, unjudgedTimes } from "../analysis/unjudged-time.ts";
import { breachOf } from "../analysis/verdict.ts";
import type { ShapeStatistics } from "../scenario/definition/load.ts";
import type { HealthSample } from "../stats/health-sample.ts";
import type { Collector } from "./record/collector.ts";
import type { HealthLog } from "./record/health-log.ts";
import type { RunParts, WatchedLoad } from "./run-context.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";

/** How long running iterations may take when a threshold ends the run. */
const breachStopMs = 1_000;
/** A worker is strained if its bad seconds outnumber its good ones by this many. */
const badSeconds = 5;
/** The maximum number of workers that get a warning of their own: on a machine that is too small, all are strained. */
const mostWarned = 10;
/** The load is checked at least this often. */
const lookEveryMs = 1_000;
/** The master has stalled if a check of the load is this much later than that. */
const masterStallMs = 1_000;
/** Live rates are averages over this many complete windows. */
const rateWindows = 3;

/** Checks a load while it runs: its windows, thresholds and workers, whenever a second is complete. */
export class RunObserver {
  readonly #run: RunParts;
  readonly #load: WatchedLoad;
  readonly #strain: StrainWatch;
  #lookedToMs = -1;
  #isShort = false;
  /** When the load was last checked, on the timeline of the run; null before the first check. */
  #lookedAtMs: number | null = null;

  constructor(run: RunParts, load: WatchedLoad) {
    this.#run = run;
    this.#load = load;
    this.#strain = new StrainWatch(run.collector.health, (text) => run.journal.alert("worker-strained", text));
    run.collector.recent.subscribe((window) => {
      // After the end of the plan, no iteration starts any more.
      if (load.state === "running") {
        const { spans, health } = run.collector;
        load.times.note(load.control.scenarios, run.workers.all, window.startMs);
        const idle = load.times.idle(load.control.scenarios);
        const unmade = unmadeSoFar(run, load.loadSoFar, window.startMs + window.widthMs);
        spans.close(window, unjudgedSoFar(run, load), health.delays, idle, unmade);
      }
    });
  }

  /** Checks the load. Call it when there may be new data. */
  look(): void {
    const { collector, workers, timeline } = this.#run;
    this.#noteStall(timeline.elapsedMs);
    // A worker whose report is pending is not silent: the load is checked after its commit.
    if (collector.hasPending) return;
    const { ledger, recent } = collector;
    const { elapsedMs } = timeline;
    const working = workers.all.filter(isWorking);
    const reportedToMs = working.reduce((least, { number }) => Math.min(least, ledger.reportedToMs(number)), elapsedMs);
    recent.close(reportedToMs);
    if (recent.closedToMs === this.#lookedToMs) return;
    this.#lookedToMs = recent.closedToMs;
    this.#lookAtThresholds();
    this.#lookAtWorkers(working);
    this.#lookAtLoad();
    // If the master is killed, a later report of the run shows the load up to here.
    this.#run.keep();
  }

  /** Checks the rest of the run: no more reports arrive, so the last second may be incomplete. */
  finish(): void {
    const endMs = Math.ceil(this.#run.timeline.elapsedMs / 1_000) * 1_000;
    this.#run.collector.recent.close(endMs);
    this.#lookAtWorkers(this.#run.workers.all);
  }

  /** Ends the load if a threshold with `abortOnFail` fails. */
  #lookAtThresholds(): void {
    const { collector, options, journal, stop } = this.#run;
    const breach = breachOf(options.resolved.thresholds, collector.spans);
    if (breach === null || !this.#load.isActive) return;
    journal.note("threshold-breached", breach);
    stop.hurry(breachStopMs);
    this.#load.endEarly({ kind: "threshold-breached", message: `${breach}: the run was ended (abortOnFail)` });
  }

  /**
   * Logs once that less load than planned is generated. A worker that reconnects may still report what seems to be
   * missing.
   */
  #lookAtLoad(): void {
    const { options, journal } = this.#run;
    if (this.#isShort || options.resolved.search !== null || !this.#load.isActive) return;
    const run = { load: this.#load.loadSoFar, losses: lossesIn(journal.events), onWorkerLoss: options.onWorkerLoss };
    const short = loadFindings(run).find(({ kind }) => kind === "shortfall");
    if (short === undefined) return;
    this.#isShort = true;
    options.log.warn(`so far ${describeLoad(short)}`);
  }

  /** Warns when the load was not checked about once a second: the master stalled, and could not change the load. */
  #noteStall(atMs: number): void {
    const stoodMs = atMs - (this.#lookedAtMs ?? atMs) - lookEveryMs;
    this.#lookedAtMs = atMs;
    if (stoodMs < masterStallMs || this.#load.state !== "running") return;
    const text = `the master stalled for ${(stoodMs / 1_000).toFixed(1)} s: the load continued, but could not be changed`;
    this.#run.journal.warn(text);
    this.#run.journal.alert("master-stalled", text);
  }

  #lookAtWorkers(working: readonly ConnectedWorker[]): void {
    const { options, collector } = this.#run;
    if (options.onWorkerStrain === "ignore") return;
    const { responseTime } = collector.totals.merged();
    this.#strain.look(working, responseTime.count === 0 ? null : responseTime.percentileMicros(95) / 1_000);
  }
}

/** Whether the worker still has to stop or to send reports. */
export function isWorking(worker: ConnectedWorker): boolean {
  return worker.status === "running" || (worker.status === "stopped" && !worker.isDone);
}

/** Warns once about each worker that cannot keep up with its load. */
export class StrainWatch {
  readonly #health: HealthLog;
  readonly #warn: (text: string) => void;
  readonly #bad = new Map<number, number>();
  readonly #seen = new Map<number, number>();
  readonly #warned = new Set<number>();

  constructor(health: HealthLog, warn: (text: string) => void) {
    this.#health = health;
    this.#warn = warn;
  }

  /**
   * Checks the latest health sample of each worker; call it about once a second. `p95Ms` is the p95 response time of
   * the run so far; null without requests.
   */
  look(workers: Iterable<{ readonly number: number; readonly description: string }>, p95Ms: number | null): void {
    const limits = strainLimits(p95Ms);
    for (const { number, description } of workers) {
      const sample = this.#health.latest(number);
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
    if (bad < badSeconds || this.#warned.has(number) || this.#warned.size > mostWarned) return;
    this.#warned.add(number);
    const isLast = this.#warned.size > mostWarned;
    this.#warn(isLast ? "further workers are strained" : describeStrainNow(description, cause, sample));
  }
}

/**
 * Returns the times of the run so far that thresholds leave out. Only the start skew of starters counts: a worker that
 * joined later did not delay the load of the others.
 */
export function unjudgedSoFar(
  { collector, journal, workers }: Pick<RunParts, "collector" | "journal" | "workers">,
  load: Pick<WatchedLoad, "starters" | "control"> | null,
): UnjudgedTime[] {
  const { starters = [], control } = load ?? {};
  const pauses = control?.scenarios.flatMap((scenario) => scenario.pauses) ?? [];
  const startSkewsMs = starters.flatMap((number) => workers.find(number)?.state.startSkewMs ?? []);
  return unjudgedTimes({ missing: collector.ledger.missing, events: journal.events, pauses, startSkewsMs });
}

/** Returns the load that workers have failed to generate so far; null if there is none. */
export function unmadeSoFar(
  { options, journal }: Pick<RunParts, "options" | "journal">,
  load: WatchedLoad["loadSoFar"],
  toMs: number,
): UnmadeLoad | null {
  const { search, scenarios } = options.resolved;
  const { events } = journal;
  return unmadeLoad({ load: search === null ? load : null, events, classes: classesOf(scenarios), toMs });
}

/** Returns the statistics of the run so far, over all workers. `users`: the number of virtual users running now. */
export function liveStatistics(collector: Collector, users: number): ShapeStatistics {
  const { requests, failures, responseTime } = collector.totals.merged();
  const [p50 = 0, p95 = 0, p99 = 0] = responseTime.percentilesMicros([50, 95, 99]);
  const rates = collector.windows.ratesBefore(collector.recent.closedToMs / 1_000, rateWindows);
  return { users, requests, failures, ...rates, p50Ms: p50 / 1_000, p95Ms: p95 / 1_000, p99Ms: p99 / 1_000 };
}
