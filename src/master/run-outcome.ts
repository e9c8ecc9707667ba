import type { Ending } from "../core/run.ts";
import type { RunData } from "../report/result/run-data.ts";
import type { Collector } from "./record/collector.ts";

/** How the load of a run ended. */
export type CarriedLoad = Pick<RunData, "loadEndedMs" | "steering"> & { readonly load: NonNullable<RunData["load"]> };

/** The data of a run. With the definition of the run, its result is computed from it. */
export interface RunOutcome
  extends CarriedLoad,
    Pick<
      RunData,
      "durationMs" | "loadMs" | "workers" | "data" | "permitsUsed" | "events" | "observed" | "warnings" | "search"
    > {
  /** The start of the first virtual user; null when the load never began. */
  readonly startedAt: Date | null;
  readonly ending: Ending;
  /** False while the run continues. */
  readonly isOver: boolean;
  readonly collector: Collector;
}

/** Thrown between the phases of a run to leave it early; never leaves this folder. */
export class RunEnded extends Error {
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(ending.kind);
    this.ending = ending;
  }
}
