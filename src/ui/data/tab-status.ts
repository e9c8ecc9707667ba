import type { LiveState } from "../../api/contract/live.ts";
import type { RunReport } from "../../report/page/model.ts";
import { type VerdictSentence, verdictSentence } from "./verdict-sentence.ts";

export interface TabStatus {
  readonly mark: VerdictSentence["mark"];
  /** The progress of the run, 0..1; null without a run. */
  readonly progress: number | null;
  /** "✓ 42 % shop / standard · muster" */
  readonly title: string;
}

interface TabFacts {
  readonly state: Pick<LiveState, "state" | "elapsedMs" | "durationMs"> | null;
  /** The verdict of the run; null without a run. */
  readonly mark: VerdictSentence["mark"] | null;
  /** Whether the master cannot be reached. */
  readonly isLost: boolean;
  /** "shop / standard" */
  readonly subject: string;
}

/** Returns the status of a run for the title and the icon of the tab, which are visible while another tab is open. */
export function tabStatus({ state, mark, isLost, subject }: TabFacts): TabStatus {
  const title = (...words: readonly string[]) =>
    [words.filter((word) => word !== "").join(" "), "muster"].filter((part) => part !== "").join(" · ");
  if (state === null || state.state === "ready") return { mark: "●", progress: null, title: title(subject) };
  const progress = progressOf(state);
  if (isLost) return { mark: "!", progress, title: title("!", "connection lost:", subject) };
  const shown = mark ?? "●";
  if (state.state === "finished") return { mark: shown, progress: null, title: title(shown, subject) };
  const share = progress === null ? "" : `${Math.floor(progress * 100)} %`;
  const phase = state.state === "running" ? "" : state.state;
  return { mark: shown, progress, title: title(shown, share, phase, subject) };
}

/** Returns the status of a run that is shown as a report. */
export function reportStatus(report: RunReport): TabStatus {
  const { test, profile } = report.result.run;
  const { mark } = verdictSentence(report);
  return { mark, progress: null, title: `${mark} ${test} / ${profile} · muster` };
}

function progressOf({ state, elapsedMs, durationMs }: NonNullable<TabFacts["state"]>): number | null {
  if (state === "starting" || state === "finished" || durationMs === null || durationMs <= 0) return null;
  return Math.min(1, Math.max(0, elapsedMs / durationMs));
}

/** The colours of the icon. They are legible on light and dark tabs, and have enough contrast to white. */
const colours = { "✓": "#1a7f37", "✗": "#cf222e", "!": "#9a6700", "●": "#0969da" } as const;
const glyphs = {
  "✓": "M9 17l5 5 9-11",
  "✗": "M10.5 10.5l11 11M21.5 10.5l-11 11",
  "!": "M16 8v10M16 23v1",
  "●": "M16 16h.01",
} as const;
/** The number of steps of the progress ring: 5 % each, so that the icon rarely changes. */
const steps = 20;
const ringRadius = 13.5;
const ringLength = 2 * Math.PI * ringRadius;

/** The icon of the tab as a URL: the mark on its colour, and the progress as a ring around it. */
export function tabIcon({ mark, progress }: Pick<TabStatus, "mark" | "progress">): string {
  const drawn = progress === null ? 0 : (Math.round(progress * steps) / steps) * ringLength;
  const ring =
    drawn === 0
      ? ""
      : `<circle cx="16" cy="16" r="${ringRadius}" stroke-width="3" stroke-dasharray="${drawn.toFixed(1)} 99" transform="rotate(-90 16 16)"/>`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="${colours[mark]}"/>` +
    `<g fill="none" stroke="#fff" stroke-linecap="round"><path d="${glyphs[mark]}" stroke-width="${mark === "●" ? 9 : 4}"/>${ring}</g></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
