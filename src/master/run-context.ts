import type { Ending, RunPhase } from "../core/run.ts";
import type { LoadControl } from "./load/load-control.ts";
import type { MasterOptions } from "./master-options.ts";
import type { Collector } from "./record/collector.ts";
import type { Journal } from "./record/journal.ts";
import type { RunTimeline } from "./run-timeline.ts";
import type { StopRequest } from "./stop-request.ts";
import type { Workers } from "./workers/workers.ts";

/** The parts of one run, for those who carry out a part of it. */
export interface RunParts {
  readonly options: MasterOptions;
  readonly timeline: RunTimeline;
  readonly collector: Collector;
  readonly workers: Workers;
  readonly journal: Journal;
  readonly stop: StopRequest;
  /** What the test's setup returned. */
  setup: Record<string, unknown>;
  /** False for a resumed run until the first worker has told the time of the run. */
  readonly isTimeKnown: boolean;
  /** Begins the next phase. */
  enter(phase: RunPhase): void;
  /** Commits how far the run is. */
  save(): void;
}

/** The load of a run, for those who watch it and may end it. */
export interface WatchedLoad {
  /** The numbers of the workers that it started with. */
  readonly starters: readonly number[];
  readonly control: LoadControl;
  readonly state: "running" | "stopping" | "over";
  /** It runs, and nothing has ended it early. */
  readonly isActive: boolean;
  /** Ends it before its plan. With a null ending, the verdict is that of what was measured. */
  endEarly(ending: Ending | null): void;
}
