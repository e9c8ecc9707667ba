import type { Plan } from "../core/plan/plan.ts";
import type { Search } from "../core/plan/search.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import { decodedWindows, type StoredWindow } from "../stats/windows.ts";
import { type CapacityResult, capacityResult, type SearchRecord } from "./capacity/capacity-result.ts";
import { DriftRecorder } from "./drift/drift-recorder.ts";
import { type DriftResult, driftResult, type PlannedDrift } from "./drift/drift-result.ts";
import type { WorkerHealth } from "./health/generator-run.ts";
import { type PlannedSpikes, type SpikeResult, spikeResult } from "./spike/spike-result.ts";

/** What a run is asked beside its thresholds, as plain JSON. */
export interface AskedAnalyses {
  readonly thresholds: readonly Threshold[];
  /** Iterations per second as planned; null for users. */
  readonly arrivals: Plan | null;
  /** When the load ends by its plan; null when that is open. */
  readonly endMs: number | null;
  readonly spike: PlannedSpikes | null;
  readonly drift: PlannedDrift | null;
  readonly search: Search | null;
}

/** What was found; null where it was not asked, or what it is made of is lost. */
export interface RunAnalyses {
  readonly spike: SpikeResult | null;
  readonly drift: DriftResult | null;
  readonly capacity: CapacityResult | null;
}

export const noAnalyses: RunAnalyses = { spike: null, drift: null, capacity: null };

/** What is kept of a run. */
export interface AnalysedRun {
  /** How long it was, or is so far. */
  readonly durationMs: number;
  /** Null when there was no load. */
  readonly search: SearchRecord | null;
  /** In the order of time; null when they are lost. */
  readonly windows: (() => Iterable<StoredWindow>) | null;
  readonly workers: readonly WorkerHealth[];
}

/** A pure function of what is kept of a run, so that it can be judged again when it is over or was cut short. */
export function analyse(asked: AskedAnalyses, { durationMs, search, windows, workers }: AnalysedRun): RunAnalyses {
  const { thresholds, arrivals } = asked;
  const endMs = Math.min(durationMs, asked.endMs ?? durationMs);
  return {
    spike:
      asked.spike === null || windows === null
        ? null
        : spikeResult(decodedWindows(windows()), asked.spike, { thresholds, arrivals, endMs }),
    drift:
      asked.drift === null || windows === null
        ? null
        : driftResult(recorded(windows()), asked.drift, { thresholds, endMs, workers }),
    capacity: asked.search === null || search === null ? null : capacityResult(asked.search, search),
  };
}

/** Whether windows are needed for what is asked. */
export function needsWindows({ spike, drift }: Pick<AskedAnalyses, "spike" | "drift">): boolean {
  return spike !== null || drift !== null;
}

function recorded(windows: Iterable<StoredWindow>): DriftRecorder {
  const recorder = new DriftRecorder();
  for (const window of decodedWindows(windows)) recorder.add(window);
  return recorder;
}
