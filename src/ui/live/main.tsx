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
import { useLazy } from "../components/use-lazy.ts";
import { LiveMasthead } from "./live-masthead.tsx";
import { LivePage } from "./live-page.tsx";
import { type Live, LiveStore } from "./live-store.ts";
import { useRoute } from "./route.ts";
import { RunStatus } from "./run-status.tsx";
import { Tabs } from "./tabs.tsx";

export function App() {
  const live = useLive();
  const route = useRoute();
  const [first = "overview"] = route;
  return (
    <div class="page">
      <RunStatus live={live} isStored={first === "runs"} />
      {isOtherPage(route, live) ? <Other {...{ live, route }} /> : <LivePage live={live} tab={first} />}
    </div>
  );
}

/** Whether a route leads to a page that is not only about the active run. */
function isOtherPage([first = "overview", second, third]: readonly string[], live: Live): boolean {
  if (first === "compare") return second !== undefined && third !== undefined;
  if (first === "runs") return second !== undefined;
  return ["wall", "history", "start"].includes(first) || (live.state?.state === "ready" && first === "overview");
}

const loadOther = () => import("./other-pages.tsx");

interface OtherProps {
  readonly live: Live;
  readonly route: readonly string[];
}

/** One of the pages that are loaded when they are first shown. */
function Other({ live, route }: OtherProps) {
  const loaded = useLazy(loadOther);
  if (loaded !== null) return <loaded.OtherPage {...{ live, route }} />;
  if (route[0] === "wall") return <p class="empty">loading…</p>;
  return (
    <>
      <LiveMasthead live={live} />
      <Tabs chosen="" />
      <p class="empty">loading…</p>
    </>
  );
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
