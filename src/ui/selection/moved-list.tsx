import { useMemo } from "preact/hooks";
import { milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { movedMost } from "../../report/page/moved-most.ts";
import { usePage } from "../components/page-context.tsx";
import { movingFigures, type RankedFigure } from "./moving-figures.ts";
import { PartButton } from "./part-button.tsx";
import type { TimeRangeMs } from "./selection.ts";

const mostMoves = 8;

interface MovedListProps {
  readonly report: RunReport;
  readonly range: TimeRangeMs;
}

/** The figures that moved most between the time before the selected range and the range. Clicking one selects its subject. */
export function MovedList({ report, range: { fromMs, toMs } }: MovedListProps) {
  const { slices } = report;
  const { worker, userClass, group, check } = usePage().selection;
  // The selected range is within the slices, so later windows change nothing.
  const { moves, compared } = useMemo(() => {
    return movedMost(movingFigures(report, { worker, userClass, group, check }), fromMs, toMs);
  }, [slices, fromMs, toMs, worker, userClass, group, check]);
  return (
    <section class="moved" aria-label="Moved most">
      <h2>What moved most between here and before</h2>
      {moves.length === 0 ? (
        <p class="note">{sentence(fromMs, compared)}</p>
      ) : (
        <ol aria-label="What moved most between here and before">
          {moves.slice(0, mostMoves).map(({ of, before, here }) => (
            <li key={`${of.subject} ${of.figure}`}>
              {of.selects === null ? of.subject : <PartButton change={of.selects}>{of.subject}</PartButton>} {of.figure}{" "}
              <span class="number">
                {text(of, before)} → {text(of, here)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function sentence(fromMs: number, compared: number): string {
  if (fromMs === 0) return "Nothing is before the start of the run: select a later time to compare.";
  if (compared === 0) return "The time before or the selected time is too short to tell: each needs four values.";
  return `None of ${compared} figures moved beyond noise.`;
}

function text({ unit }: RankedFigure, value: number): string {
  switch (unit) {
    case "ms":
      return `${milliseconds(value)} ms`;
    case "share":
      return percent(value);
    case "per second":
      return `${perSecondText(value)}/s`;
    case "cores":
      return `${value.toFixed(2)} cores`;
    case "number":
      return String(Number(value.toPrecision(3)));
  }
}
