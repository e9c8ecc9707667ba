import { useMemo } from "preact/hooks";
import type { RunReport } from "../../report/page/model.ts";
import { type ThresholdHere, thresholdHere } from "../../report/page/parts/threshold-here.ts";
import {
  barShare,
  closeNote,
  limitPlace,
  marginOf,
  thresholdWords,
  worstFirst,
} from "../../report/text/threshold-line.ts";
import { Choice } from "../selection/choice.tsx";
import { placeOfThreshold, type RunPart } from "../selection/places.ts";
import { isByEndpoint, isSelected } from "../selection/selection.ts";
import { usePage } from "./page-context.tsx";

interface ThresholdListProps {
  readonly report: RunReport;
  /** Whether the run is in progress: a threshold without data is then open, and neither passes nor fails. */
  readonly isRunning: boolean;
  /** Whether anything was measured. */
  readonly hasBegun: boolean;
}

/** The number of thresholds that are shown at once. The others are behind a button, so that the charts are not far below. */
const shownThresholds = 5;
/** The length of the end of a label that remains when its middle is cut. */
const tailLength = 18;

const looks = {
  open: { tone: "muted", mark: "○", words: "not measured yet: " },
  passed: { tone: "passed", mark: "✓", words: "holds: " },
  failed: { tone: "failed", mark: "✗", words: "does not hold: " },
} as const;

/** One line per threshold, the worst first: the measured value, the limit, and the distance between them. */
export function ThresholdList({ report, isRunning, hasBegun }: ThresholdListProps) {
  const { thresholds } = report.result;
  const here = useHere(report);
  if (thresholds.length === 0) return null;
  const judged = thresholds.map((threshold, position) => {
    const noData = threshold.value === null;
    const isOpen = isRunning && (!hasBegun || noData);
    return { ...threshold, noData, isOpen, here: here?.[position], place: placeOfThreshold(report, threshold) };
  });
  const sorted = worstFirst(judged);
  // One more than the limit may be shown: a button for one line saves no space.
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
      {here !== null && (
        <p class="muted">
          The verdict is of the whole run; <span class="number">here</span> is what a threshold measures in the selected
          part{here.includes(null) && ", where that is known"}.
        </p>
      )}
    </div>
  );
}

/** Returns the value of each threshold in the selected part of the run; null without a selection. */
function useHere(report: RunReport): readonly ThresholdHere[] | null {
  const { selection } = usePage();
  const { slices, windows, result } = report;
  const text = result.thresholds.map(({ metric, expression, value }) => `${metric}: ${expression} ${value}`).join("\n");
  return useMemo(
    () =>
      isSelected(selection)
        ? result.thresholds.map((one) =>
            isByEndpoint(selection) ? thresholdHere({ slices, windows, result }, selection, one) : null,
          )
        : null,
    [slices, selection, text],
  );
}

interface Row extends ThresholdOf {
  readonly isOpen: boolean;
  readonly noData: boolean;
  /** The value in the selected part; undefined without a selection. */
  readonly here: ThresholdHere | undefined;
  readonly place: RunPart | null;
}

type ThresholdOf = RunReport["result"]["thresholds"][number];

function ThresholdRow(threshold: Row) {
  const { metric, expression, passed, isOpen, close, here, place } = threshold;
  const { tone, mark, words } = looks[isOpen ? "open" : passed ? "passed" : "failed"];
  const [label, value] = thresholdWords(threshold);
  const margin = isOpen ? null : marginOf(threshold);
  const head = label.length > 2 * tailLength ? label.slice(0, -tailLength) : label;
  return (
    <li title={`${metric}: ${expression}`}>
      <span class={tone}>{mark}</span>
      <span class="visually-hidden">{words}</span>
      <Choice place={place} class="asked number">
        <span class="head">{head}</span>
        <span class="tail">{`${label.slice(head.length)} `}</span>
        <span class="measured">{isOpen ? value.replace("no data ", "") : value}</span>
        {close && !isOpen && <span class="invalid">{closeNote(threshold)}</span>}
        {here !== undefined && <span class="here">{hereText(threshold, here)}</span>}
      </Choice>
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

/** The value of a threshold in the selected part, in the format of the whole run's value: " here 812 ms". */
function hereText(threshold: ThresholdOf, here: ThresholdHere): string {
  if (here === null) return " here –";
  if (here === "elsewhere") return " of other endpoints";
  const [, value] = thresholdWords({ ...threshold, noData: false, value: here });
  return ` here ${value.replace(/ (?:<=?|>=?|===?|!=) .*$/s, "")}`;
}
