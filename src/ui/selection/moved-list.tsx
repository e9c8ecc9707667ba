import { useMemo } from "preact/hooks";
import { milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { type MovedValue, movedMost } from "../../report/page/moved-most.ts";
import { usePage } from "../components/page-context.tsx";
import { keyOf } from "../data/endpoint-key.ts";
import { movingFigures } from "./moving-figures.ts";
import type { TimeRangeMs } from "./selection.ts";

const mostMoves = 8;

interface MovedListProps {
  readonly report: RunReport;
  readonly range: TimeRangeMs;
}

/** What moved most between the time before the selected one and the selected one. A press selects its endpoint. */
export function MovedList({ report, range: { fromMs, toMs } }: MovedListProps) {
  const { slices } = report;
  const { worker, userClass } = usePage().selection;
  // The selected time is within the slices: later windows change nothing.
  const { moves, compared } = useMemo(() => {
    return movedMost(movingFigures(report, { worker, userClass }), fromMs, toMs);
  }, [slices, fromMs, toMs, worker, userClass]);
  const endpoints = useMemo(() => new Set(report.windows.endpoints.map(keyOf)), [report.windows.endpoints.length]);
  return (
    <section class="moved" aria-label="Moved most">
      <h2>What moved most between here and before</h2>
      {moves.length === 0 ? (
        <p class="note">{sentence(fromMs, compared)}</p>
      ) : (
        <ol aria-label="What moved most between here and before">
          {moves.slice(0, mostMoves).map((move) => (
            <li key={`${move.subject} ${move.figure}`}>
              <Subject subject={move.subject} isEndpoint={endpoints.has(move.subject)} /> {move.figure}{" "}
              <span class="number">
                {text(move, move.before)} → {text(move, move.here)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Subject({ subject, isEndpoint }: { readonly subject: string; readonly isEndpoint: boolean }) {
  const { selection, select } = usePage();
  if (!isEndpoint) return <>{subject}</>;
  return (
    <button
      type="button"
      aria-pressed={selection.endpoint === subject}
      onClick={() => select({ kind: "endpoint", endpoint: subject })}
    >
      {subject}
    </button>
  );
}

function sentence(fromMs: number, compared: number): string {
  if (fromMs === 0) return "Nothing is before the start of the run: select a later time to compare.";
  if (compared === 0) return "The time before or the selected time is too short to tell: each needs four values.";
  return `None of ${compared} figures moved beyond noise.`;
}

function text({ unit }: MovedValue, value: number): string {
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
