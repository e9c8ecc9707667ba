import type { RunReport } from "../../report/page/model.ts";
import {
  barShare,
  closeNote,
  limitPlace,
  marginOf,
  thresholdWords,
  worstFirst,
} from "../../report/text/threshold-line.ts";

interface ThresholdListProps extends Pick<RunReport["result"], "thresholds"> {
  /** While a run goes on, a threshold without data is open: it neither holds nor does not. */
  readonly isRunning: boolean;
  /** Whether anything was measured. */
  readonly hasBegun: boolean;
}

/** More are behind a button, so that the charts are near. */
const shownThresholds = 5;
/** The end of a label that stays when its middle is cut. */
const tailLength = 18;

const looks = {
  open: { tone: "muted", mark: "○", words: "not measured yet: " },
  passed: { tone: "passed", mark: "✓", words: "holds: " },
  failed: { tone: "failed", mark: "✗", words: "does not hold: " },
} as const;

/** One line per threshold, the worst first: measured value, limit, and how far they are from each other. */
export function ThresholdList({ thresholds, isRunning, hasBegun }: ThresholdListProps) {
  if (thresholds.length === 0) return null;
  const judged = thresholds.map((threshold) => {
    const noData = threshold.value === null;
    return { ...threshold, noData, isOpen: isRunning && (!hasBegun || noData) };
  });
  const sorted = worstFirst(judged);
  // One more than the limit is shown too: a button for one line saves nothing.
  const shown = sorted.length <= shownThresholds + 1 ? sorted : sorted.slice(0, shownThresholds);
  const rest = sorted.slice(shown.length);
  const failing = rest.filter(({ passed, isOpen }) => !passed && !isOpen).length;
  const allHold = rest.every(({ passed, isOpen }) => passed && !isOpen);
  return (
    <div>
      <ul class="thresholds" aria-label="Thresholds">
        {shown.map((threshold) => (
          <ThresholdRow key={`${threshold.metric}: ${threshold.expression}`} {...threshold} />
        ))}
      </ul>
      {rest.length > 0 && (
        <details class="more-thresholds">
          <summary>
            {rest.length} more
            {allHold && ", which hold"}
            {failing > 0 && `, of which ${failing} ${failing === 1 ? "does" : "do"} not hold`}
          </summary>
          <ul class="thresholds" aria-label="More thresholds">
            {rest.map((threshold) => (
              <ThresholdRow key={`${threshold.metric}: ${threshold.expression}`} {...threshold} />
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

type Row = RunReport["result"]["thresholds"][number] & { readonly isOpen: boolean; readonly noData: boolean };

function ThresholdRow(threshold: Row) {
  const { metric, expression, passed, isOpen, close } = threshold;
  const { tone, mark, words } = looks[isOpen ? "open" : passed ? "passed" : "failed"];
  const [label, value] = thresholdWords(threshold);
  const margin = isOpen ? null : marginOf(threshold);
  const head = label.length > 2 * tailLength ? label.slice(0, -tailLength) : label;
  return (
    <li title={`${metric}: ${expression}`}>
      <span class={tone}>{mark}</span>
      <span class="visually-hidden">{words}</span>
      <span class="asked number">
        <span class="head">{head}</span>
        <span class="tail">{`${label.slice(head.length)} `}</span>
        <span class="measured">{isOpen ? value.replace("no data ", "") : value}</span>
        {close && !isOpen && <span class="invalid">{closeNote(threshold)}</span>}
      </span>
      {margin !== null && (
        <span class="margin" aria-hidden="true">
          <span class={`used ${tone}`} style={{ width: `${100 * barShare(margin)}%` }} />
          <span class="limit" style={{ left: `${100 * limitPlace}%` }} />
        </span>
      )}
      {margin !== null && <span class="number distance">{margin.text}</span>}
    </li>
  );
}
