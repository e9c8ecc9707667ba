import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "../styles/tokens.css";
import "../styles/layout.css";
import "../styles/verdict.css";
import "../styles/charts.css";
import "../styles/tables.css";
import "../styles/print.css";
import type { SideBySide } from "../../report/comparison/side-by-side.ts";
import { ComparisonBody } from "../components/comparison-body.tsx";
import { Masthead } from "../components/masthead.tsx";
import { PageProvider } from "../components/page-context.tsx";
import { SideBySideBody } from "../components/side-by-side.tsx";
import type { ComparedRuns } from "../data/comparison.ts";
import { embeddedReport } from "../data/embedded-report.ts";

/** `muster compare --html` embeds two compared runs; `muster report RUN RUN… --html` several runs. */
function pageOf(data: ComparedRuns | SideBySide) {
  if ("runs" in data) {
    const [first] = data.runs;
    return (
      <>
        <Masthead subject={`${data.runs.length} runs side by side`} host={first?.facts.host ?? ""} />
        <SideBySideBody {...data} />
      </>
    );
  }
  const { before, after } = data.comparison;
  const { test, profile, host } = after.test === null ? before : after;
  return (
    <>
      <Masthead subject={test === null ? after.id : `${test} / ${profile}`} host={host ?? ""}>
        <span class="muted">two runs compared</span>
      </Masthead>
      <ComparisonBody {...data} />
    </>
  );
}

const page = document.getElementById("page");
if (page !== null) {
  const data = embeddedReport<ComparedRuns | SideBySide>();
  page.textContent = "";
  render(
    <PageProvider>
      <div class="page">{pageOf(data)}</div>
    </PageProvider>,
    page,
  );
}
