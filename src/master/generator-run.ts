import type { GeneratorRun, OfferedLoad } from "../analysis/health/generator-run.ts";
import { unsentIn } from "../analysis/health/unsent-requests.ts";
import type { ResolvedRun } from "../scenario/resolve/resolve.ts";
import { rampEndOf } from "../scenario/resolve/resolve-load.ts";
import type { Collector } from "./record/collector.ts";

/** What became of the load of a run. */
export interface CarriedLoad {
  /** When it ended, in ms since the start of the run; iterations may still have gone on. */
  readonly endedMs: number;
  /** Iterations of open loads that were due by then. */
  readonly dueIterations: number;
}

/** What a run says about its generator. */
export function generatorRunOf(collector: Collector, { scenarios }: ResolvedRun, load: CarriedLoad): GeneratorRun {
  const { responseTime } = collector.totals.merged();
  const risen = scenarios.map((scenario) => rampEndOf(scenario.load) ?? 0);
  const steadyFromMs = Math.min(...risen);
  return {
    workers: collector.health.all(),
    p95Ms: responseTime.count === 0 ? null : responseTime.percentileMicros(95) / 1_000,
    // Of a load that only rises all counts.
    steadyFromMs: steadyFromMs < load.endedMs ? steadyFromMs : 0,
    steadyToMs: load.endedMs,
    offeredLoad: offeredLoadOf(collector, load),
    unsent: unsentIn(collector.totals),
  };
}

/** Not when reports are missing: what was lost with them was not left undone, and the result says so anyway. */
function offeredLoadOf({ totals, ledger }: Collector, { dueIterations }: CarriedLoad): OfferedLoad | null {
  if (dueIterations === 0 || ledger.missing.length > 0) return null;
  const acted = totals.scheduleLag.count;
  return {
    offered: dueIterations,
    started: acted - totals.droppedIterations,
    droppedUserless: totals.droppedIterations,
  };
}
