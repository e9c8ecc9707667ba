import { useMemo } from "preact/hooks";
import { formatClock } from "../../core/duration.ts";
import { lookNext } from "../../report/page/look-next.ts";
import type { RunReport } from "../../report/page/model.ts";
import { earlyEndLine } from "../../report/text/early-end-line.ts";
import { crossingMs, crossingOf } from "../data/crossing.ts";
import { withLocalTimes } from "../data/local-time.ts";
import { verdictSentence } from "../data/verdict-sentence.ts";
import { Choice } from "../selection/choice.tsx";
import { placeOfText } from "../selection/places.ts";
import { endOfTime, useBrush } from "../selection/use-brush.ts";
import { ThresholdList } from "./threshold-list.tsx";

/** The maximum number of suggestions of what to look at next. */
const mostLines = 4;
const manyEndpoints = 100;
const lookEveryMs = 5_000;

interface VerdictProps {
  readonly report: RunReport;
  /** Whether the run is an active capacity search. */
  readonly isSearch?: boolean;
  /** The age of the verdict, such as "8 s", if the master of the run cannot be reached; null if the verdict is current. */
  readonly age?: string | null;
}

/** The verdict with its reasons, the thresholds, and what to look at next. */
export function VerdictBanner({ report, isSearch = false, age = null }: VerdictProps) {
  const { word, mark, text, more } = verdictSentence(report, isSearch);
  const { thresholds, warnings } = report.result;
  const earlyEnd = earlyEndLine(report.result);
  const brush = useBrush();
  const failed = thresholds.find(({ passed }) => !passed);
  const since = failed === undefined || report.slices === undefined ? null : crossingMs(report, failed);
  // Comparing many endpoints takes as long as drawing a chart, so it is only done every few seconds.
  const isLarge = report.result.endpoints.length >= manyEndpoints && report.state !== "finished";
  const round = isLarge ? Math.floor(report.result.run.durationMs / lookEveryMs) : report;
  const next = useMemo(
    () => lookNext(report.result, (threshold) => crossingOf(report, threshold)).slice(0, mostLines),
    [round, isLarge],
  );
  return (
    <section class={age === null ? `verdict ${word}` : "verdict stale"} aria-label="Verdict">
      <p class="sentence">
        <span class={`word ${word}`} aria-hidden="true">
          {mark}{" "}
        </span>
        {age !== null && <span class="age">{age} ago: </span>}
        <Choice place={placeOfText(report, text)}>{withLocalTimes(text)}</Choice>{" "}
        {since !== null && (
          <button type="button" onClick={() => brush(since / 1_000, endOfTime)}>
            select from {formatClock(since)} on
          </button>
        )}
      </p>
      {more.length > 0 && (
        <ul>
          {more.map((reason) => (
            <li key={reason}>
              <Choice place={placeOfText(report, reason)}>{withLocalTimes(reason)}</Choice>
            </li>
          ))}
        </ul>
      )}
      {earlyEnd !== null && (
        <ul>
          <li>{withLocalTimes(earlyEnd)}</li>
        </ul>
      )}
      {warnings.length > 0 && (
        <ul>
          {warnings.map((warning) => (
            <li key={warning}>
              <span class="invalid">!</span>{" "}
              <Choice place={placeOfText(report, warning)}>{withLocalTimes(warning)}</Choice>
            </li>
          ))}
        </ul>
      )}
      <div class="causes">
        <ThresholdList
          report={report}
          isRunning={report.state !== "finished"}
          hasBegun={report.result.total.requests > 0}
        />
        {next.length > 0 && (
          <ul class="look-next" aria-label="What to look at next">
            {next.map((line) => (
              <li key={line} title={line}>
                <Choice place={placeOfText(report, line)}>{withShortWords(line)}</Choice>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

/** The length above which a word is cut. Such a word is a name that would fill a whole line. */
const longestWord = 60;

/** Cuts long names in their middle. */
function withShortWords(text: string): string {
  return text
    .split(" ")
    .map((word) =>
      word.length <= longestWord ? word : `${word.slice(0, longestWord / 2)}…${word.slice(1 - longestWord / 2)}`,
    )
    .join(" ");
}
