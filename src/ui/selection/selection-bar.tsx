import { formatClock } from "../../core/duration.ts";
import { count, milliseconds, millisecondsOf, percent, perSecondText } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { Card } from "../components/cards.tsx";
import { usePage } from "../components/page-context.tsx";
import { allEndpoints } from "../data/endpoint-key.ts";
import { MovedList } from "./moved-list.tsx";
import type { SelectedFigures } from "./selected-figures.ts";
import { isSelected } from "./selection.ts";

/** Said where figures do not follow the selection. */
export const wholeRunNote = "These figures are of the whole run: they are not kept by time and endpoint.";

interface SelectionBarProps {
  readonly report: RunReport;
  readonly figures: SelectedFigures;
  readonly notes: readonly string[];
}

/** What is selected, each part with a button that clears it, and what its figures do not say. Nothing without a selection. */
export function SelectionBar({ report, figures, notes }: SelectionBarProps) {
  const { selection, select } = usePage();
  if (!isSelected(selection)) return null;
  const { range } = figures;
  return (
    <>
      <section class="selection" aria-label="Selection">
        <div class="toolbar">
          <span class="muted">Selected:</span>
          {range !== null && (
            <button
              type="button"
              class="number"
              aria-label={`Clear the time ${clocks(range)}`}
              onClick={() => select({ kind: "range", range: null })}
            >
              {clocks(range)} ×
            </button>
          )}
          {selection.endpoint !== allEndpoints && (
            <button
              type="button"
              class="number"
              aria-label={`Clear the endpoint ${selection.endpoint}`}
              onClick={() => select({ kind: "endpoint", endpoint: allEndpoints })}
            >
              {selection.endpoint} ×
            </button>
          )}
          {selection.status !== "" && (
            <button
              type="button"
              class="number"
              aria-label={`Clear the status ${selection.status}`}
              onClick={() => select({ kind: "status", status: "" })}
            >
              {selection.status} ×
            </button>
          )}
          <span class="fill" />
          <button type="button" onClick={() => select({ kind: "clear" })}>
            clear selection
          </button>
        </div>
      </section>
      {notes.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
      {range !== null && figures.total !== null && <MovedList {...{ report, range }} />}
    </>
  );
}

function clocks({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): string {
  return `${formatClock(fromMs)}–${formatClock(toMs)}`;
}

/** The main figures of the selected part of a run. */
export function SelectedCards({ figures }: { readonly figures: SelectedFigures }) {
  const { subject, iterations, peakUsers } = figures;
  if (subject === null) return null;
  const { requests, failures, requestsPerSecond, responseTimeMs } = subject;
  const time = (percentile: "50" | "95" | "99") => millisecondsOf(responseTimeMs?.percentiles[percentile], requests);
  return (
    <div class="cards">
      <Card value={perSecondText(requestsPerSecond)} unit="req/s" note={`${count(requests)} requests`} />
      <Card
        value={percent(requests === 0 ? 0 : failures / requests)}
        unit="failed"
        note={`${count(failures)} ${failures === 1 ? "failure" : "failures"}`}
        {...(failures > 0 ? { tone: "failed" as const } : {})}
      />
      <Card
        value={time("95")}
        unit="ms p95"
        note={
          responseTimeMs === null
            ? "kept for the whole run only"
            : requests === 0
              ? "no requests"
              : `p50 ${time("50")}, p99 ${time("99")}, max ${milliseconds(responseTimeMs.max)}`
        }
      />
      <Card
        value={count(peakUsers)}
        unit={peakUsers === 1 ? "peak user" : "peak users"}
        note={`${count(iterations)} iterations of all endpoints`}
      />
    </div>
  );
}
