import { lookNext } from "../../report/page/look-next.ts";
import type { RunReport } from "../../report/page/model.ts";
import { closeNote, shortThreshold } from "../../report/text/threshold-line.ts";
import { crossingOf } from "../data/crossing.ts";
import { withLocalTimes } from "../data/local-time.ts";
import { verdictSentence } from "../data/verdict-sentence.ts";

/** The maximum number of lines of what to look at next. */
const mostLines = 4;

interface VerdictProps {
  readonly report: RunReport;
  /** Whether the run is an active capacity search. */
  readonly isSearch?: boolean;
  /** How old the verdict is, such as "8 s", of a run whose master cannot be reached; null while it is known. */
  readonly age?: string | null;
}

/** The verdict with its reasons, the thresholds, and what to look at next. */
export function VerdictBanner({ report, isSearch = false, age = null }: VerdictProps) {
  const { word, mark, text, more } = verdictSentence(report, isSearch);
  const { thresholds, warnings } = report.result;
  const next = lookNext(report.result, (threshold) => crossingOf(report, threshold)).slice(0, mostLines);
  return (
    <section class={age === null ? `verdict ${word}` : "verdict stale"} aria-label="Verdict">
      <p class="sentence">
        <span class={`word ${word}`} aria-hidden="true">
          {mark}{" "}
        </span>
        {age !== null && <span class="age">{age} ago: </span>}
        {withLocalTimes(text)}
      </p>
      {more.length > 0 && (
        <ul>
          {more.map((reason) => (
            <li key={reason}>{withLocalTimes(reason)}</li>
          ))}
        </ul>
      )}
      {warnings.length > 0 && (
        <ul>
          {warnings.map((warning) => (
            <li key={warning}>
              <span class="invalid">!</span> {withLocalTimes(warning)}
            </li>
          ))}
        </ul>
      )}
      <ThresholdList
        thresholds={thresholds}
        isRunning={report.state !== "finished"}
        hasBegun={report.result.total.requests > 0}
      />
      {next.length > 0 && (
        <ul class="look-next" aria-label="What to look at next">
          {next.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface ThresholdListProps extends Pick<RunReport["result"], "thresholds"> {
  /** While a run goes on, a threshold without data is open: it neither holds nor does not. */
  readonly isRunning: boolean;
  /** Whether anything was measured. */
  readonly hasBegun: boolean;
}

const looks = {
  open: { tone: "muted", mark: "○", words: "not measured yet: " },
  passed: { tone: "passed", mark: "✓", words: "holds: " },
  failed: { tone: "failed", mark: "✗", words: "does not hold: " },
} as const;

function ThresholdList({ thresholds, isRunning, hasBegun }: ThresholdListProps) {
  if (thresholds.length === 0) return null;
  return (
    <ul class="thresholds" aria-label="Thresholds">
      {thresholds.map((threshold) => {
        const { metric, expression, passed, value } = threshold;
        const judged = passed ? "passed" : "failed";
        const isOpen = isRunning && (!hasBegun || value === null);
        const { tone, mark, words } = looks[isOpen ? "open" : judged];
        const asked = `${metric}: ${expression}`;
        return (
          <li key={asked} title={asked}>
            <span class={tone}>{mark}</span>
            <span class="visually-hidden">{words}</span>{" "}
            <span class="number">{isOpen ? asked : shortThreshold({ ...threshold, noData: value === null })}</span>
            {threshold.close && !isOpen && <span class="invalid">{closeNote(threshold)}</span>}
          </li>
        );
      })}
    </ul>
  );
}
