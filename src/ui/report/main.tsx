import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "../styles/tokens.css";
import "../styles/layout.css";
import "../styles/charts.css";
import "../styles/tables.css";
import type { RunReport } from "../../report/page/model.ts";
import { PageProvider } from "../components/page-context.tsx";
import { embeddedReport } from "../data/embedded-report.ts";
import { ReportPage } from "./report-page.tsx";

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
