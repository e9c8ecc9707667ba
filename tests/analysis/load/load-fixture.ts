import type { ScenarioLoad } from "../../../src/analysis/load/scenario-load.ts";

/** A scenario of 100 s, of which everything was made unless `over` says otherwise. */
export function loadOf(over: Partial<ScenarioLoad>): ScenarioLoad {
  const amounts = { planned: 1_000, made: 1_000, late: 0, dropped: 0, unreported: 0 };
  return { scenario: "default", unit: "iterations", ...amounts, isRandom: false, seconds: 100, ...over };
}
