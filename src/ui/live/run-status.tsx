import { useEffect, useRef, useState } from "preact/hooks";
import { useTab } from "../components/tab.ts";
import { withLocalTimes } from "../data/local-time.ts";
import { tabStatus } from "../data/tab-status.ts";
import { verdictSentence } from "../data/verdict-sentence.ts";
import type { Live } from "./live-store.ts";

interface RunStatusProps {
  readonly live: Live;
  /** Whether the tab shows a stored run. The title and the icon then show the verdict of that run. */
  readonly isStored: boolean;
}

/** The status of the run for users who are not looking at the page: in the title and the icon of the tab, and for screen readers. */
export function RunStatus({ live, isStored }: RunStatusProps) {
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
  useTab(isStored ? null : status);
  return (
    <>
      <News
        kind={`${report?.state === "finished"} ${sentence?.word}`}
        text={sentence === null ? null : withLocalTimes(sentence.text)}
      />
      <News
        kind={connection.kind}
        text={isLost ? "Connection to the master lost" : connection.kind === "open" ? "Connected to the master" : null}
      />
    </>
  );
}

interface NewsProps {
  /**
   * The kind of the news, such as failing. The text is announced only when the kind changes, because its figures change
   * every second.
   */
  readonly kind: string;
  /** The announced text; null if there is no news. */
  readonly text: string | null;
}

/** Announces a change to screen readers, once. */
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
