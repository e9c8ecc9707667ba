import type { Ending } from "../core/run.ts";

/** Thrown between the phases of a run to leave it early; never leaves this folder. */
export class RunEnded extends Error {
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(ending.kind);
    this.ending = ending;
  }
}
