import { exposedSamples } from "../../src/master/observe/exposition.ts";
import { type FuzzTarget, mutatingTarget } from "./target.ts";

/** Metrics of the service, in the text format of Prometheus. */
export function expositionTarget(): Promise<FuzzTarget> {
  const read = (input: Buffer) => exposedSamples(input.toString("utf8"), "up");
  return mutatingTarget({ corpus: "exposition", inputsPerRound: 2_000, read });
}
