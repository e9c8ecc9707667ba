import { useEffect, useRef, useState } from "preact/hooks";
import { useTabIcon } from "../components/tab-icon.ts";
import { tabIcon, tabStatus } from "../data/tab-status.ts";
import { verdictSentence } from "../data/verdict-sentence.ts";
import type { Live } from "./live-store.ts";

/** The status of the run for those who do not look at the page: in title and icon of the tab, and for screen readers. */
export function RunStatus({ live }: { readonly live: Live }) {
  const { session, state, report, connection } = live;
  const run = report?.result.run;
  const test = run?.test ?? session?.test ?? "";
  const profile = run?.profile ?? session?.profile ?? "";
  const sentence = report === null ? null : verdictSentence(report, state?.search != null);
  const isLost = connection.kind === "lost";
  const status = tabStatus({
    state,
    mark: sentence?.mark ?? null,
    isLost,
    subject: state?.state === "ready" || test === "" ? test : `${test} / ${profile}`,
  });
  useTabIcon(tabIcon(status));
  useEffect(() => {
    document.title = status.title;
  }, [status.title]);
  return (
    <>
      <News
        kind={`${report?.state === "finished"} ${sentence?.word}`}
        text={report === null ? null : (sentence?.text ?? null)}
      />
      <News
        kind={connection.kind}
        text={isLost ? "Connection to the master lost" : connection.kind === "open" ? "Connected to the master" : null}
      />
    </>
  );
}

interface NewsProps {
  /** What is told when it changes, such as from passing to failing: the figures in the text change every second. */
  readonly kind: string;
  /** Null while there is nothing to tell. */
  readonly text: string | null;
}

/** Tells screen readers of a change, once. */
function News({ kind, text }: NewsProps) {
  const [told, setTold] = useState("");
  const last = useRef<string | null>(null);
  useEffect(() => {
    if (text === null) return;
    if (last.current !== null && last.current !== kind) setTold(text);
    last.current = kind;
  }, [kind, text === null]);
  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {told}
    </p>
  );
}
