import { type HistoryFigure, runLevels } from "../../analysis/history/run-levels.ts";
import type { RunRow } from "../contract/runs.ts";
import type { TestTrend } from "../contract/trends.ts";

/** Returns the history of each test and profile, the one with the newest run first. @param rows the newest first */
export function trendsOf(rows: readonly RunRow[]): TestTrend[] {
  const groups = Map.groupBy(rows, ({ test, profile }) => JSON.stringify([test, profile]));
  return [...groups.values()].flatMap((group) => {
    const [latest] = group;
    if (latest === undefined) return [];
    const runs = group.filter(counts).toReversed();
    const levels = (figure: HistoryFigure) =>
      runLevels(
        figure,
        runs.map((run) => valueIn(figure, run)),
      );
    return {
      test: latest.test,
      profile: latest.profile,
      latest,
      runs,
      leftOut: group.length - runs.length,
      figures: {
        p95: levels("p95"),
        errorRate: levels("errorRate"),
        requestsPerSecond: levels("requestsPerSecond"),
      },
    };
  });
}

/**
 * Whether a run counts in a history. Figures of an invalid run describe the generator, and those of an aborted run only
 * a part of the load.
 */
function counts({ verdict, requests, p95Ms, requestsPerSecond }: RunRow): boolean {
  return (
    (verdict === "passed" || verdict === "failed") &&
    (requests ?? 0) > 0 &&
    p95Ms !== null &&
    requestsPerSecond !== null
  );
}

function valueIn(figure: HistoryFigure, { p95Ms, failures, requests, requestsPerSecond }: RunRow): number {
  switch (figure) {
    case "p95":
      return p95Ms ?? 0;
    case "errorRate":
      return (failures ?? 0) / (requests ?? 1);
    case "requestsPerSecond":
      return requestsPerSecond ?? 0;
  }
}
