import type { WindowColumns } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";

/** As `muster compare --json` prints it, as far as the page shows it. */
export interface Comparison {
  readonly outcome: "worse" | "better" | "unchanged" | "incomparable";
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  readonly notes: readonly string[];
  readonly total: EndpointComparison;
  readonly endpoints: readonly EndpointComparison[];
}

/** A file of HdrHistogram has no test; it may not say when it was started either. */
interface ComparedSide {
  readonly id: string;
  readonly name: string | null;
  readonly test: string | null;
  readonly profile: string | null;
  readonly host: string | null;
  readonly startedAt: string | null;
}

export interface EndpointComparison {
  readonly method: string;
  readonly name: string;
  readonly figures: readonly FigureComparison[];
}

export interface FigureComparison {
  readonly figure: string;
  readonly before: number | null;
  readonly after: number | null;
  /** Relative; of an error rate the difference. */
  readonly change: number | null;
  readonly outcome: "worse" | "better" | "same" | "unclear";
}

/** Two runs and what a comparison says of them. */
export interface ComparedRuns {
  readonly comparison: Comparison;
  readonly before: ComparedReport;
  readonly after: ComparedReport;
}

/** What is drawn of a run: as a report has it, or a baseline file. */
export interface ComparedReport {
  readonly result: { readonly run: Pick<Result["run"], "durationMs"> };
  readonly windows: Pick<WindowColumns, "startMs" | "widthMs" | "total" | "endpoints">;
}

/** "+21 %"; of failures "+0.4 points". */
export function changeText({ figure, change }: FigureComparison): string {
  if (change === null) return "";
  const value = change * 100;
  const text = value.toFixed(Math.abs(value) < 9.95 ? 1 : 0);
  return `${value > 0 ? "+" : ""}${text} ${figure === "errorRate" ? "points" : "%"}`;
}

/** How many of all figures nobody can tell from these runs; null when there are none. */
export function unclearLine({ total, endpoints }: Pick<Comparison, "total" | "endpoints">): string | null {
  const figures = [total, ...endpoints].flatMap((endpoint) => endpoint.figures);
  const unclear = figures.filter(({ outcome }) => outcome === "unclear").length;
  return unclear === 0 ? null : `${unclear} of ${figures.length} figures cannot be told from these runs (?)`;
}

export const outcomeSentences: Readonly<Record<Comparison["outcome"], string>> = {
  worse: "Worse than before",
  better: "Better than before",
  unchanged: "No change found",
  incomparable: "These runs cannot be compared",
};
