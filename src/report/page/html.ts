import { type ComparedSource, comparedTest } from "../comparison/compared-source.ts";
import type { ComparisonReport } from "../comparison/comparison-report.ts";
import { comparisonTitle } from "../text/comparison-text.ts";
import { htmlPage } from "./html-page.ts";
import type { RunReport } from "./model.ts";

/** Renders a comparison as one self-contained HTML file, with the charts of both runs in the same axes. */
export function comparisonHtml(comparison: ComparisonReport, before: ComparedSource, after: ComparedSource): string {
  const tested = comparedTest(comparison);
  const subject = tested === null ? comparison.after.id : `${tested.test} / ${tested.profile}`;
  const title = `${subject}: ${comparison.outcome}`;
  const text = [`${comparisonTitle(comparison)}.`, ...comparison.notes].join(" ");
  const data = { comparison, before: drawnOf(before), after: drawnOf(after) };
  return htmlPage({ bundle: "comparison", title, text, data });
}

const noColumns = { requests: [], failures: [], p50Ms: [], p95Ms: [], p99Ms: [] };

/** What the page draws of a run, in the form of a report. */
function drawnOf({ run, series: { startMs, widthMs }, total, endpoints }: ComparedSource) {
  return {
    result: { run: { durationMs: run.durationMs ?? 0 } },
    windows: {
      startMs,
      widthMs,
      total: total.series ?? noColumns,
      endpoints: endpoints.flatMap(({ method, name, series }) =>
        series === null ? [] : [{ method, name, ...series }],
      ),
    },
  };
}

/** Renders the report as one self-contained HTML file. */
export function renderHtml(report: RunReport): string {
  const { run, verdict, reasons } = report.result;
  const title = `${run.test} / ${run.profile}: ${verdict}`;
  return htmlPage({ bundle: "report", title, text: [`${title}.`, ...reasons].join(" "), data: report });
}
