import { decodeCompressed } from "../../stats/histogram/codec.ts";
import { type ComparedSource, comparedTest } from "../comparison/compared-source.ts";
import type { ComparisonReport } from "../comparison/comparison-report.ts";
import type { DrawnRun, SideBySide, SideFigures } from "../comparison/side-by-side.ts";
import { comparisonTitle } from "../text/comparison-text.ts";
import { distributionColumn, plottedPercentiles } from "./distribution-column.ts";
import { htmlPage } from "./html-page.ts";
import type { DistributionColumn, RunReport } from "./model.ts";

/** Renders a comparison as one self-contained HTML file, with the charts of both runs in the same axes. */
export function comparisonHtml(comparison: ComparisonReport, before: ComparedSource, after: ComparedSource): string {
  const tested = comparedTest(comparison);
  const subject = tested === null ? comparison.after.id : `${tested.test} / ${tested.profile}`;
  const title = `${subject}: ${comparison.outcome}`;
  const text = [`${comparisonTitle(comparison)}.`, ...comparison.notes].join(" ");
  const data = { comparison, before: drawnOf(before), after: drawnOf(after) };
  return htmlPage({ bundle: "comparison", title, text, data });
}

const noDistribution: DistributionColumn = { valuesMs: [], maxMs: 0 };
const noColumns = { requests: [], failures: [], p50Ms: [], p95Ms: [], p99Ms: [] };

/** Returns the data of a run that the page draws, in the form of a report. */
function drawnOf({ run, sectionMs, series: { startMs, widthMs }, total, endpoints }: ComparedSource): DrawnRun {
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
    distributions: {
      percentiles: plottedPercentiles,
      total: distributionOf(total),
      endpoints: endpoints
        .filter(({ series }) => series !== null)
        .map((endpoint) => ({ method: endpoint.method, name: endpoint.name, ...distributionOf(endpoint) })),
    },
    ...(sectionMs.length === 0
      ? {}
      : {
          sections: {
            startMs: sectionMs.map((_, section) => sectionMs.slice(0, section).reduce((sum, ms) => sum + ms, 0)),
            widthMs: sectionMs,
            total: total.sections,
            endpoints: endpoints.flatMap(({ method, name, sections, series }) =>
              series === null ? [] : [{ method, name, ...sections }],
            ),
          },
        }),
  };
}

function distributionOf({ histogram }: Pick<ComparedSource["total"], "histogram">): DistributionColumn {
  return histogram === undefined
    ? noDistribution
    : distributionColumn(decodeCompressed(Buffer.from(histogram, "base64")));
}

/**
 * Renders several runs side by side as one self-contained HTML file.
 * @param comparisons each run but the first, compared with the one before it
 */
export function sideBySideHtml(runs: readonly ComparedSource[], comparisons: readonly ComparisonReport[]): string {
  const data: SideBySide = {
    runs: runs.map(({ run: { asked: _, ...facts }, total, endpoints, ...drawn }) => ({
      facts,
      total: figuresOf(total),
      endpoints: endpoints.map(figuresOf),
      drawn: drawnOf({ run: facts, total, endpoints, ...drawn }),
    })),
    comparisons,
  };
  const title = `${runs.length} runs side by side`;
  const names = runs.map(({ run }) => `${run.name ?? run.id}: ${run.verdict ?? "no result"}`);
  return htmlPage({ bundle: "comparison", title, text: [`${title}.`, ...names].join(" "), data });
}

function figuresOf({ method, name, requests, failures, p50Ms, p95Ms, p99Ms }: ComparedSource["total"]): SideFigures {
  return { method, name, requests, failures, p50Ms, p95Ms, p99Ms };
}

/** Renders the report as one self-contained HTML file. */
export function renderHtml(report: RunReport): string {
  const { run, verdict, reasons } = report.result;
  const title = `${run.test} / ${run.profile}: ${verdict}`;
  return htmlPage({ bundle: "report", title, text: [`${title}.`, ...reasons].join(" "), data: report });
}
