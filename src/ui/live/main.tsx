import "uplot/dist/uPlot.min.css";
import "../styles/tokens.css";
import "../styles/layout.css";
import "../styles/verdict.css";
import "../styles/charts.css";
import "../styles/pictures.css";
import "../styles/tables.css";
import "../styles/live.css";
import "../styles/trends.css";
import "../styles/wall.css";
import "../styles/print.css";
import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { PageProvider } from "../components/page-context.tsx";
import { HistoryPage } from "./history-page.tsx";
import { LivePage } from "./live-page.tsx";
import { type Live, LiveStore } from "./live-store.ts";
import { useRoute } from "./route.ts";
import { RunStatus } from "./run-status.tsx";
import { StartPage } from "./start-page.tsx";
import { ComparePage, StoredRunPage } from "./stored-pages.tsx";
import { WallPage } from "./wall-page.tsx";

export function App() {
  const live = useLive();
  const [first = "overview", second, third] = useRoute();
  return (
    <div class="page">
      <RunStatus live={live} isStored={first === "runs"} />
      {pageOf(live, first, second, third)}
    </div>
  );
}

function pageOf(live: Live, first: string, second: string | undefined, third: string | undefined) {
  if (first === "wall") return <WallPage live={live} shows={second} />;
  if (first === "history") return <HistoryPage live={live} test={second} profile={third} />;
  if (first === "runs" && second !== undefined) return <StoredRunPage key={second} id={second} live={live} />;
  if (first === "compare" && second !== undefined && third !== undefined) {
    return <ComparePage key={`${second} ${third}`} a={second} b={third} live={live} />;
  }
  const isReady = live.state?.state === "ready";
  if (first === "start" || (isReady && first === "overview")) return <StartPage live={live} />;
  return <LivePage live={live} tab={first} />;
}

function useLive(): Live {
  const store = useMemo(() => new LiveStore(), []);
  const [live, setLive] = useState(store.live);
  useEffect(() => store.subscribe(() => setLive(store.live)), [store]);
  return live;
}

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
