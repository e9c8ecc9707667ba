import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "../styles/tokens.css";
import "../styles/layout.css";
import "../styles/charts.css";
import "../styles/tables.css";
import { ComparisonBody } from "../components/comparison-body.tsx";
import { Masthead } from "../components/masthead.tsx";
import { PageProvider } from "../components/page-context.tsx";
import type { ComparedRuns } from "../data/comparison.ts";
import { embeddedReport } from "../data/embedded-report.ts";

const page = document.getElementById("page");
if (page !== null) {
  const runs = await embeddedReport<ComparedRuns>();
  const { before, after } = runs.comparison;
  const { test, profile, host } = after.test === null ? before : after;
  page.textContent = "";
  render(
    <PageProvider>
      <div class="page">
        <Masthead subject={test === null ? after.id : `${test} / ${profile}`} host={host ?? ""}>
          <span class="muted">two runs compared</span>
        </Masthead>
        <ComparisonBody {...runs} />
      </div>
    </PageProvider>,
    page,
  );
}
