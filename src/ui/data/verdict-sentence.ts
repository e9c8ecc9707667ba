import { formatClock } from "../../core/duration.ts";
import type { RunReport } from "../../report/page/model.ts";
import { limitText } from "../../report/text/threshold-line.ts";
import { crossingMs } from "./crossing.ts";
import type { ThresholdResult } from "./limits.ts";

export type ShownVerdict = "passed" | "failed" | "invalid" | "aborted" | "running";

export interface VerdictSentence {
  readonly word: ShownVerdict;
  readonly mark: "✓" | "✗" | "!" | "●";
  /** "Failed: p95 of GET /jobs was 812 ms (limit < 500 ms), from 03:10 on" */
  readonly text: string;
  /** Further reasons of the verdict. */
  readonly more: readonly string[];
}

/** The mark of each verdict, because colour alone must not carry a meaning. */
export const verdictMarks = { passed: "✓", failed: "✗", invalid: "!", aborted: "!" } as const;
const words = { passed: "Passed", failed: "Failed", invalid: "Invalid", aborted: "Aborted" } as const;

/**
 * Returns the verdict of a run in one sentence, or the status so far of a run in progress.
 * @param isSearch whether the run is a capacity search
 */
export function verdictSentence(report: RunReport, isSearch = false): VerdictSentence {
  const { verdict, reasons } = report.result;
  const [first, ...more] = reasons;
  if (report.interrupted !== undefined) return interruption(report);
  if (report.state !== "finished") return standing(report, isSearch);
  if (verdict === "passed")
    return { word: verdict, mark: verdictMarks[verdict], text: `Passed: ${passedBy(report)}`, more };
  const since = verdict === "failed" ? firstCrossing(report) : null;
  const from = since === null ? "" : `, from ${formatClock(since)} on`;
  return {
    word: verdict,
    mark: verdictMarks[verdict],
    text: `${words[verdict]}: ${first ?? "no reason given"}${from}`,
    more,
  };
}

function passedBy({ result: { thresholds, capacity }, findings }: RunReport): string {
  const [found] = findings;
  // The first finding of a search is its result.
  if (capacity !== null && found !== undefined) return found.trim();
  const kept = thresholds.length;
  if (kept === 0) return "no thresholds were set";
  return `${kept === 1 ? "the threshold" : `all ${kept} thresholds`} held`;
}

/** The sentence for a run whose master exited without ending it: when that was, and what the user can do. */
function interruption({ result: { run }, interrupted }: RunReport): VerdictSentence {
  const activeAt = interrupted?.activeAt ?? null;
  const when = activeAt === null ? "it never began" : `its master last wrote at ${activeAt}`;
  return {
    word: "aborted",
    mark: verdictMarks.aborted,
    text: `Interrupted: the run has not ended, and ${when}`,
    more: [
      "These are its measurements up to then.",
      `To resume it: muster master --resume ${run.id} (in its data folder, on the port that its workers know)`,
    ],
  };
}

const standingWords = { failed: "Failing so far", invalid: "Invalid so far" } as const;

function standing({ result, standing: now }: RunReport, isSearch: boolean): VerdictSentence {
  const { thresholds, drift, spike } = result;
  if (now === null) {
    const [first = "Running"] = result.total.requests === 0 ? ["No requests yet"] : result.reasons;
    return { word: "running", mark: "●", text: first, more: [] };
  }
  if (isSearch) return { word: "running", mark: "●", text: "Searching for the capacity", more: [] };
  const { verdict, reasons } = now;
  if (verdict !== "passed") {
    const [first, ...more] = reasons;
    return { word: verdict, mark: verdictMarks[verdict], text: `${standingWords[verdict]}: ${first}`, more };
  }
  const isJudged = thresholds.length > 0 || drift !== null || spike !== null;
  return isJudged
    ? { word: "passed", mark: "✓", text: "Passing so far", more: [] }
    : { word: "running", mark: "●", text: "Running without thresholds", more: [] };
}

/**
 * Returns the crossing of the threshold that the first reason is about; null if it is about something else, such as a drift, which
 * comes before the thresholds.
 */
function firstCrossing(report: RunReport): number | null {
  const { thresholds, reasons } = report.result;
  const [first = ""] = reasons;
  if (!first.includes("(limit ")) return null;
  const failed = thresholds.filter(({ passed }) => !passed);
  const threshold = failed.find((one) => isAbout(first, one)) ?? failed[0];
  return threshold === undefined ? null : crossingMs(report, threshold);
}

/** Whether a reason is about a threshold: "p95 of GET /jobs was 812 ms (limit < 500 ms)". */
function isAbout(reason: string, threshold: ThresholdResult): boolean {
  const [, name = "", limit = ""] = /^(.*) ((?:<=?|>=?|===?|!=) .*)$/s.exec(limitText(threshold)) ?? [];
  return reason.includes(`${name} was `) && reason.includes(`(limit ${limit})`);
}
