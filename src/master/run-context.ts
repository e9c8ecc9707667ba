import type { ScenarioLoad } from "../analysis/load/scenario-load.ts";
import type { Ending, RunPhase } from "../core/run.ts";
import type { LoadControl } from "./load/load-control.ts";
import type { ScenarioTimes } from "./load/scenario-times.ts";
import type { MasterOptions } from "./master-options.ts";
import type { ObservedLog } from "./observe/observed-log.ts";
import type { Collector } from "./record/collector.ts";
import type { Journal } from "./record/journal.ts";
import type { RunTimeline } from "./run-timeline.ts";
import type { RunPermits } from "./shared/run-permits.ts";
import type { StopRequest } from "./stop-request.ts";
import type { Workers } from "./workers/workers.ts";

/** The parts of one run, for the classes that carry it out. */
export interface RunParts {
  readonly options: MasterOptions;
  readonly timeline: RunTimeline;
  readonly collector: Collector;
  readonly workers: Workers;
  readonly journal: Journal;
  /** The metrics that are observed of the service. */
  readonly observed: ObservedLog;
  readonly stop: StopRequest;
  readonly permits: RunPermits;
  /** The value that setup returned. */
  setup: Record<string, unknown>;
  /** Whether the time of the run is known. False for a resumed run until its workers have reported it. */
  readonly isTimeKnown: boolean;
  /** Begins the next phase. */
  enter(phase: RunPhase): void;
  /** Commits the progress of the run. */
  save(): void;
  /** Adds the progress of the run to the next commit. */
  keep(): void;
}

/** The load of a run, for the classes that watch it and can end it. */
export interface WatchedLoad {
  /** The numbers of the workers that the load started with. */
  readonly starters: readonly number[];
  readonly control: LoadControl;
  /** The times in which its scenarios have no load. */
  readonly times: ScenarioTimes;
  readonly state: "running" | "stopping" | "over";
  /** True while the load runs and nothing has ended it early. */
  readonly isActive: boolean;
  /** The planned and generated load of each scenario so far, in the seconds that all workers have reported. */
  readonly loadSoFar: readonly ScenarioLoad[];
  /** Ends the load early. With a null ending, the verdict is based on what was measured. */
  endEarly(ending: Ending | null): void;
}
