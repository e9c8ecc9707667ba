import { parseCsv } from "../../src/scenario/data/csv.ts";
import { type FuzzTarget, mutatingTarget } from "./target.ts";

/** Data files of tests. */
export function csvTarget(): Promise<FuzzTarget> {
  return mutatingTarget({ corpus: "csv", inputsPerRound: 2_000, read: (input) => parseCsv(input.toString("utf8")) });
}
