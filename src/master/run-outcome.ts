import type { Ending } from "../core/run.ts";
import type { RunData } from "../report/result/run-data.ts";
import type { Collector } from "./record/collector.ts";

/** The load of a run as carried out: its end, the changes that people made, and the planned and generated load. */
export type CarriedLoad = Pick<RunData, "loadEndedMs" | "steering"> & { readonly load: NonNullable<RunData["load"]> };

/** The data of a run. The result is computed from it and from the definition of the run. */
export interface RunOutcome
  extends CarriedLoad,
    Pick<
      RunData,
      "durationMs" | "loadMs" | "workers" | "data" | "permitsUsed" | "events" | "observed" | "warnings" | "search"
    > {
  /** When the first virtual user started; null if the load never began. */
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
