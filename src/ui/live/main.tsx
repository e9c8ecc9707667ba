import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "../styles/tokens.css";
import "../styles/layout.css";
import "../styles/charts.css";
import "../styles/tables.css";
import "../styles/live.css";
import { PageProvider } from "../components/page-context.tsx";
import { App } from "./app.tsx";

const page = document.getElementById("page");
if (page !== null) {
  page.textContent = "";
  render(
    <PageProvider>
      <App />
    </PageProvider>,
    page,
  );
}
