import "uplot/dist/uPlot.min.css";
import "../styles/tokens.css";
import "../styles/layout.css";
import "../styles/verdict.css";
import "../styles/charts.css";
import "../styles/pictures.css";
import "../styles/tables.css";
import "../styles/print.css";
import { render } from "preact";
import { formatClock } from "../../core/duration.ts";
import type { RunReport } from "../../report/page/model.ts";
import { Masthead } from "../components/masthead.tsx";
import { PageProvider } from "../components/page-context.tsx";
import { ReportBody } from "../components/report-body.tsx";
import { useTab } from "../components/tab.ts";
import { Time } from "../components/time.tsx";
import { embeddedReport } from "../data/embedded-report.ts";
import { reportStatus } from "../data/tab-status.ts";

export function ReportPage({ report }: { readonly report: RunReport }) {
  const { run } = report.result;
  useTab(reportStatus(report));
  return (
    <div class="page">
      <Masthead subject={`${run.test} / ${run.profile}`} host={run.host}>
        <span class="number muted">
          <Time at={run.startedAt} />, {formatClock(run.durationMs)}
        </span>
      </Masthead>
      <ReportBody report={report} />
    </div>
  );
}

const page = document.getElementById("page");
if (page !== null) {
  const report = embeddedReport<RunReport>();
  page.textContent = "";
  render(
    <PageProvider>
      <ReportPage report={report} />
    </PageProvider>,
    page,
  );
}
