import { generatorHealth } from "../../analysis/health/generator-health.ts";
import { standstillIn } from "../../analysis/health/strain.ts";
import { isObservedThreshold } from "../../analysis/observed/observed-threshold.ts";
import type { Search } from "../../core/plan/search.ts";
import type { RunEventKind } from "../../core/run.ts";
import type { MasterOptions } from "../master-options.ts";
import type { HealthLog } from "../record/health-log.ts";
import type { Journal } from "../record/journal.ts";
import type { RunParts, WatchedLoad } from "../run-context.ts";
import { SearchDirector } from "./search-director.ts";

const changesOfWorkers: readonly RunEventKind[] = ["worker-lost", "worker-left", "worker-returned"];

/**
 * Returns a director that controls the load of a search, and passes it each window that closes; null for any other run.
 */
export function searchOfRun({ options, collector, journal }: RunParts, load: WatchedLoad): SearchDirector | null {
  const { control } = load;
  const { search, scenarios } = options.resolved;
  const scenario = scenarios[0]?.name;
  if (search === null || scenario === undefined) return null;
  warnOfIgnored(search, options, journal);
  const director = new SearchDirector({
    search,
    scenario,
    nextSecondMs: () => control.nextSecondMs,
    carryOut: (operation, atMs) => control.search(operation, atMs),
    generatorProblemIn: (steadyFromMs, steadyToMs, p95Ms) => {
      const workers = collector.health.all();
      // Requests that were never sent are counted in the windows of the trial itself.
      const unsent = { count: 0, requests: 0, code: "" };
      const run = {
        workers,
        p95Ms,
        steadyFromMs,
        steadyToMs,
        load: [],
        losses: [],
        idle: [],
        onWorkerLoss: "rebalance" as const,
        unsent,
      };
      const { verdict, reasons } = generatorHealth(run, options.onWorkerStrain);
      return verdict === "invalid" ? (reasons[0] ?? null) : null;
    },
    tell: (text) => {
      options.log.info(text);
      journal.note("trial-ended", text);
    },
  });
  let workers = control.workers;
  let changes = workerChanges(journal);
  collector.recent.subscribe((window) => {
    if (!load.isActive) return;
    // If a worker leaves, its part of the load is missing. That is not a failure of the service.
    const now = workerChanges(journal);
    if (control.workers !== workers || now !== changes) director.spoil("a worker left or joined during the trial");
    workers = control.workers;
    changes = now;
    const stood = standstillSince(collector.health, window.startMs);
    if (stood !== null) director.spoil(stood);
    director.take(window);
  });
  return director;
}

/** Returns how often workers left or came back so far, including those whose load no other worker took over. */
function workerChanges({ events }: Pick<Journal, "events">): number {
  return events.filter(({ kind }) => changesOfWorkers.includes(kind)).length;
}

/**
 * Returns that a worker's process was stopped for a while at or after `ms`, as text; null if none was. This is not a
 * limit of the generator.
 */
function standstillSince(health: HealthLog, ms: number): string | null {
  for (const { name, samples } of health.all()) {
    for (let at = samples.length - 1; at >= 0; at--) {
      const sample = samples[at];
      if (sample === undefined || sample.atMs + sample.widthMs <= ms) break;
      const stoodMs = standstillIn(sample);
      if (stoodMs > 0) return `${name} stalled for ${(stoodMs / 1_000).toFixed(1)} s during the trial`;
    }
  }
  return null;
}

/** Warns about ignored thresholds: once, however often the run is resumed. */
function warnOfIgnored({ ignored }: Search, { log }: MasterOptions, journal: Journal): void {
  if (ignored.length === 0) return;
  const names = ignored.map(({ metric, expression }) => `${metric} ${expression.source}`).join(", ");
  const isObserved = ignored.every(isObservedThreshold);
  const what = isObserved ? "what is observed" : "totals, which it breaks on purpose";
  const text = `a search is not judged by ${what}: ${names}`;
  if (journal.warnings.includes(text)) return;
  log.warn(text);
  journal.warn(text);
}
