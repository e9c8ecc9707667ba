import { htmlPage } from "./html-page.ts";
import type { RunReport } from "./model.ts";

/** The report as one self-contained HTML file. */
export function renderHtml(report: RunReport): string {
  const { run, verdict, reasons } = report.result;
  const title = `${run.test} / ${run.profile}: ${verdict}`;
  return htmlPage({ bundle: "report", title, text: [`${title}.`, ...reasons].join(" "), data: report });
}
