import type { Plan } from "../core/plan/plan.ts";
import type { Search } from "../core/plan/search.ts";
import { carriedPlan, type Steering } from "../core/plan/steering.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { Observed } from "../stats/observed-series.ts";
import { decodedWindows, type StoredWindow } from "../stats/windows.ts";
import { type CapacityResult, capacityResult, type SearchRecord } from "./capacity/capacity-result.ts";
import type { AnySearchEvent } from "./capacity/search.ts";
import { DriftRecorder } from "./drift/drift-recorder.ts";
import { type DriftResult, driftResult, type PlannedDrift } from "./drift/drift-result.ts";
import type { WorkerHealth } from "./health/generator-run.ts";
import { interruptedTimes } from "./load/interrupted-times.ts";
import type { Saturation } from "./saturation/saturation.ts";
import { searchSaturation } from "./saturation/search-saturation.ts";
import { soakSaturation } from "./saturation/soak-saturation.ts";
import { type SpikedLoad, spikeSaturation } from "./saturation/spike-saturation.ts";
import { type WatchedMetric, type WatchedSource, watchedMetrics } from "./saturation/watched-metric.ts";
import { type PlannedSpikes, type SpikeResult, spikeResult } from "./spike/spike-result.ts";

/** The analyses that a run needs in addition to its thresholds, as plain JSON. */
export interface RequestedAnalyses {
  readonly thresholds: readonly Threshold[];
  /** The planned arrival rate in iterations per second; null for a closed load. */
  readonly arrivals: Plan | null;
  /** The planned users of a spike over users; null for another load, undefined in runs of earlier versions. */
  readonly users?: Plan | null;
  /** The planned end of the load; null if it is not known in advance. */
  readonly endMs: number | null;
  readonly spike: PlannedSpikes | null;
  readonly drift: PlannedDrift | null;
  readonly search: Search | null;
  /** The sources of observed metrics; undefined in runs of earlier versions. */
  readonly observe?: readonly WatchedSource[];
}

/** The results of the analyses; null for an analysis that was not requested, or whose data is lost. */
export interface RunAnalyses {
  readonly spike: SpikeResult | null;
  readonly drift: DriftResult | null;
  readonly capacity: CapacityResult | null;
  /** The observed metrics that moved when the service broke; null if nothing was observed, or nothing broke. */
  readonly saturation: Saturation | null;
}

export const noAnalyses: RunAnalyses = { spike: null, drift: null, capacity: null, saturation: null };

/** The recorded data of a run. */
export interface AnalysedRun {
  /** The duration of the run, or of the run so far. */
  readonly durationMs: number;
  /** The changes that people made to the load, in order. */
  readonly steering: readonly Steering[];
  /** The progress of the capacity search; null if there was no load. */
  readonly search: SearchRecord | null;
  /** The windows in order of time; null if they are lost. */
  readonly windows: (() => Iterable<StoredWindow>) | null;
  readonly workers: readonly WorkerHealth[];
  /** The reports that are missing because workers were lost. */
  readonly missing: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** The times at which workers were lost or came back without a takeover of load by other workers: each time, the load changes. */
  readonly resizedMs: readonly number[];
  readonly events: readonly { readonly kind: string; readonly atMs: number }[];
  readonly observed: Observed;
}

/** Analyses a run. A pure function of its recorded data, so that a finished or interrupted run can be analysed again. */
export function analyse(
  requested: RequestedAnalyses,
  { durationMs, steering, search, windows, workers, missing, resizedMs, events, observed }: AnalysedRun,
): RunAnalyses {
  const { thresholds, arrivals, users = null } = requested;
  const carried = carriedPlan(arrivals ?? users, steering, arrivals === null ? "users" : "rate");
  const plannedEndMs = carried.runMs(requested.endMs ?? durationMs);
  const endMs = Math.min(durationMs, plannedEndMs);
  const interrupted = interruptedTimes({ missing, workers, events });
  const metrics = watchedMetrics(observed, requested.observe ?? []);
  const spike =
    requested.spike === null || windows === null
      ? null
      : spikeResult(decodedWindows(windows()), requested.spike, {
          thresholds,
          arrivals: arrivals === null ? null : carried.plan,
          carried,
          endMs,
          plannedEndMs,
          interrupted,
        });
  const drift =
    requested.drift === null || windows === null
      ? null
      : driftResult(recorded(windows()), requested.drift, {
          thresholds,
          carried,
          endMs,
          workers,
          interrupted,
          resizedMs,
          observed: metrics,
        });
  const capacity = requested.search === null || search === null ? null : capacityResult(requested.search, search);
  const { plan, pauses } = carried;
  const { baselineFromMs = 0 } = requested.spike ?? {};
  const load = { baselineFromMs, pauses, plan, searched: search?.events ?? [] };
  return { spike, drift, capacity, saturation: saturationIn({ spike, drift, capacity }, metrics, load) };
}

/** Returns what saturated, by the analysis that the load is for. */
function saturationIn(
  { spike, drift, capacity }: Omit<RunAnalyses, "saturation">,
  metrics: readonly WatchedMetric[],
  load: SpikedLoad & { readonly searched: readonly AnySearchEvent[] },
): Saturation | null {
  if (capacity !== null) return searchSaturation(metrics, capacity, load.searched);
  if (spike !== null) return spikeSaturation(metrics, spike, load);
  return drift === null ? null : soakSaturation(drift);
}

/** Whether the requested analyses need the windows of the run. */
export function needsWindows({ spike, drift }: Pick<RequestedAnalyses, "spike" | "drift">): boolean {
  return spike !== null || drift !== null;
}

function recorded(windows: Iterable<StoredWindow>): DriftRecorder {
  const recorder = new DriftRecorder();
  for (const window of decodedWindows(windows)) recorder.add(window);
  return recorder;
}
