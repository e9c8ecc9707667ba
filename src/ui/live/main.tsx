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
  const [first = "overview", second, third] = useRoute();
  return (
    <div class="page">
      <RunStatus live={live} isStored={first === "runs"} />
      {pageOf(live, first, second, third)}
    </div>
  );
}

function pageOf(live: Live, first: string, second: string | undefined, third: string | undefined) {
  if (first === "wall") return <Wall live={live} shows={second} />;
  if (first === "history") return <History live={live} test={second} profile={third} />;
  const isStored = second !== undefined && (first === "runs" || (first === "compare" && third !== undefined));
  if (isStored) return <Stored key={`${second} ${third}`} live={live} a={second} b={first === "runs" ? null : third} />;
  const isReady = live.state?.state === "ready";
  if (first === "start" || (isReady && first === "overview")) return <Start live={live} />;
  return <LivePage live={live} tab={first} />;
}

// What a run that is watched does not need is loaded when it is shown.
const loadWall = () => import("./wall-page.tsx");
const loadStart = () => import("./start-page.tsx");
const loadHistory = () => import("./history-page.tsx");
const loadStored = () => import("./stored-pages.tsx");

interface OfLive {
  readonly live: Live;
}

function Start(props: OfLive) {
  const loaded = useLazy(loadStart);
  return loaded === null ? <Loading {...props} /> : <loaded.StartPage {...props} />;
}

function Wall(props: OfLive & { readonly shows: string | undefined }) {
  const loaded = useLazy(loadWall);
  return loaded === null ? <p class="empty">loading…</p> : <loaded.WallPage {...props} />;
}

function History(props: OfLive & { readonly test: string | undefined; readonly profile: string | undefined }) {
  const loaded = useLazy(loadHistory);
  return loaded === null ? <Loading {...props} /> : <loaded.HistoryPage {...props} />;
}

function Stored({ live, a, b }: OfLive & { readonly a: string; readonly b: string | null | undefined }) {
  const loaded = useLazy(loadStored);
  if (loaded === null) return <Loading live={live} />;
  return b == null ? <loaded.StoredRunPage id={a} live={live} /> : <loaded.ComparePage {...{ a, b, live }} />;
}

function Loading({ live }: OfLive) {
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
