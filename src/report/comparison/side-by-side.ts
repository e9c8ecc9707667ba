import type { ComparedEndpoint } from "../../analysis/comparison/compared-run.ts";
import type { RunReport, WindowColumns } from "../page/model.ts";
import type { Result } from "../result/result-schema.ts";
import type { ComparedFacts } from "./compared-source.ts";
import type { ComparisonReport } from "./comparison-report.ts";

/** The data of a run that the charts of several runs draw. */
export interface DrawnRun {
  readonly result: { readonly run: Pick<Result["run"], "durationMs"> };
  readonly windows: Pick<WindowColumns, "startMs" | "widthMs" | "total" | "endpoints">;
  readonly distributions: RunReport["distributions"];
  /** The slices of the report, if the run comes from a report. */
  readonly slices?: RunReport["slices"];
  /** The sections of a compared run: whole windows, with their percentiles. Absent if the run was too short for sections. */
  readonly sections?: DrawnSections;
}

export type DrawnSections = Pick<WindowColumns, "startMs" | "widthMs" | "total" | "endpoints">;

/** The figures of an endpoint over a whole run. */
export type SideFigures = Omit<ComparedEndpoint, "sections">;

/** Several runs on one page. */
export interface SideBySide {
  readonly runs: readonly {
    readonly facts: Omit<ComparedFacts, "asked">;
    readonly total: SideFigures;
    readonly endpoints: readonly SideFigures[];
    readonly drawn: DrawnRun;
  }[];
  /** The comparison of each run except the first with the run before it. */
  readonly comparisons: readonly ComparisonReport[];
}
