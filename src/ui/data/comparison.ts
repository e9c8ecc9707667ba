import type { ComparisonReport } from "../../report/comparison/comparison-report.ts";
import type { WindowColumns } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";

type Side = Pick<ComparisonReport["before"], "id" | "name" | "test" | "profile" | "host" | "startedAt">;

/** The parts of a figure of `muster compare --json` that the page shows. */
export type ShownFigure = Pick<
  ComparisonReport["total"]["figures"][number],
  "figure" | "before" | "after" | "change" | "outcome"
>;

export interface ShownEndpoint extends Pick<ComparisonReport["total"], "method" | "name"> {
  readonly figures: readonly ShownFigure[];
}

/** The parts of a comparison, as `muster compare --json` writes it, that the page shows. */
export interface ShownComparison extends Pick<ComparisonReport, "outcome" | "notes" | "asked"> {
  readonly before: Side;
  readonly after: Side;
  readonly total: ShownEndpoint;
  readonly endpoints: readonly ShownEndpoint[];
}

/** Two runs and their comparison. */
export interface ComparedRuns {
  readonly comparison: ShownComparison;
  readonly before: ComparedReport;
  readonly after: ComparedReport;
}

/** The data of a run that the charts of a comparison draw, from a report or a baseline file. */
export interface ComparedReport {
  readonly result: { readonly run: Pick<Result["run"], "durationMs"> };
  readonly windows: Pick<WindowColumns, "startMs" | "widthMs" | "total" | "endpoints">;
}

/** The change of a figure: "+21 %", or "+0.4 points" for an error rate. */
export function changeText({ figure, change }: ShownFigure): string {
  if (change === null) return "";
  const value = change * 100;
  const text = value.toFixed(Math.abs(value) < 9.95 ? 1 : 0);
  return `${value > 0 ? "+" : ""}${text} ${figure === "errorRate" ? "points" : "%"}`;
}

/** How many figures have no clear outcome, as a sentence; null when all have one. */
export function unclearLine({ total, endpoints }: Pick<ShownComparison, "total" | "endpoints">): string | null {
  const figures = [total, ...endpoints].flatMap((endpoint) => endpoint.figures);
  const unclear = figures.filter(({ outcome }) => outcome === "unclear").length;
  return unclear === 0 ? null : `${unclear} of ${figures.length} figures are inconclusive (?)`;
}

/** The outcome as a sentence. */
export function outcomeSentence({ outcome, asked }: Pick<ShownComparison, "outcome" | "asked">): string {
  return asked.isSame ? outcomeSentences[outcome] : "These runs were not asked to do the same";
}

const outcomeSentences: Readonly<Record<ShownComparison["outcome"], string>> = {
  worse: "Worse than before",
  better: "Better than before",
  unchanged: "No change found",
  incomparable: "These runs cannot be compared",
};
