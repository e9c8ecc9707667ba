import { HistoryPage } from "./history-page.tsx";
import type { Live } from "./live-store.ts";
import { StartPage } from "./start-page.tsx";
import { ComparePage, StoredRunPage } from "./stored-pages.tsx";
import { WallPage } from "./wall-page.tsx";

interface OtherPageProps {
  readonly live: Live;
  /** The segments of the fragment of the URL. */
  readonly route: readonly string[];
}

/** The pages that are not only about the active run. Their code is not needed to watch a run. */
export function OtherPage({ live, route: [first, second, third] }: OtherPageProps) {
  if (first === "wall") return <WallPage live={live} shows={second} />;
  if (first === "history") return <HistoryPage live={live} test={second} profile={third} />;
  if (first === "runs" && second !== undefined) return <StoredRunPage key={second} id={second} live={live} />;
  if (first === "compare" && second !== undefined && third !== undefined) {
    return <ComparePage key={`${second} ${third}`} a={second} b={third} live={live} />;
  }
  return <StartPage live={live} />;
}
