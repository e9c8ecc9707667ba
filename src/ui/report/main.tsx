import "uplot/dist/uPlot.min.css";
import "../styles/tokens.css";
import "../styles/layout.css";
import "../styles/verdict.css";
import "../styles/charts.css";
import "../styles/pictures.css";
import "../styles/tables.css";
import "../styles/print.css";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { formatClock } from "../../core/duration.ts";
import type { RunReport } from "../../report/page/model.ts";
import { Masthead } from "../components/masthead.tsx";
import { PageProvider } from "../components/page-context.tsx";
import { ReportBody } from "../components/report-body.tsx";
import { useTabIcon } from "../components/tab-icon.ts";
import { Time } from "../components/time.tsx";
import { embeddedReport } from "../data/embedded-report.ts";
import { tabIcon } from "../data/tab-status.ts";
import { verdictSentence } from "../data/verdict-sentence.ts";

export function ReportPage({ report }: { readonly report: RunReport }) {
  const { run } = report.result;
  const { mark } = verdictSentence(report);
  useTabIcon(tabIcon({ mark, progress: null }));
  useEffect(() => {
    document.title = `${mark} ${run.test} / ${run.profile}: ${report.result.verdict}`;
  }, [mark]);
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
  const report = await embeddedReport<RunReport>();
  page.textContent = "";
  render(
    <PageProvider>
      <ReportPage report={report} />
    </PageProvider>,
    page,
  );
}
