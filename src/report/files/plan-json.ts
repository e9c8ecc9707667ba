import type { ScenarioReport } from "../../core/plan/plan-report.ts";
import type { Moment } from "../../core/plan/plan-timeline.ts";
import type { PlanReport } from "../text/plan-text.ts";

/** The output of `muster plan --json`: the report with all points of its timelines. */
export interface PlanDocument extends Omit<PlanReport, "scenarios"> {
  readonly scenarios: readonly (Omit<ScenarioReport, "timeline"> & { readonly timeline: readonly Moment[] })[];
}

/**
 * Writes a `PlanDocument` as text, piece by piece, because the document of a long run does not fit into memory.
 * @param atSecond the only second to write, or the last one if the plan ends before it; null for all
 */
export function* planJson(report: PlanReport, atSecond: number | null): Generator<string, undefined> {
  const { scenarios, ...run } = report;
  yield `{\n${fields(run, "  ")},\n  "scenarios": [`;
  for (const [position, { timeline, ...scenario }] of scenarios.entries()) {
    yield `${position === 0 ? "" : ","}\n    {\n${fields(scenario, "      ")},\n      "timeline": [`;
    let between = "\n";
    for (const moment of atSecond === null || timeline.seconds === 0
      ? timeline
      : [timeline.at(Math.min(atSecond, timeline.seconds - 1))]) {
      yield `${between}        ${JSON.stringify(moment)}`;
      between = ",\n";
    }
    yield between === "\n" ? "]\n    }" : "\n      ]\n    }";
  }
  yield scenarios.length === 0 ? "]\n}\n" : "\n  ]\n}\n";
}

/** The fields of an object, one per line. */
function fields(object: object, indent: string): string {
  return Object.entries(object)
    .map(([name, value]) => `${indent}${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(",\n");
}
