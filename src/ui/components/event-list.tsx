import { formatClock } from "../../core/duration.ts";
import type { RunReport } from "../../report/page/model.ts";
import { withLocalTimes } from "../data/local-time.ts";
import type { Mark } from "../data/marks.ts";
import { Choice } from "../selection/choice.tsx";
import { placeOfEvent } from "../selection/places.ts";

interface EventListProps {
  readonly report: RunReport;
  readonly marks: readonly Mark[];
}

/** The marks of the charts as a list. Clicking one selects the time from the mark on, and the part of the run that it is about. */
export function EventList({ report, marks }: EventListProps) {
  if (marks.length === 0) return <p class="muted">no events</p>;
  return (
    <ol class="events">
      {marks.map((mark) => {
        const { atMs, text, tone } = mark;
        return (
          <li key={`${atMs} ${text}`}>
            <Choice place={placeOfEvent(report, mark)} class="number">
              {formatClock(atMs)}
            </Choice>
            <span class={tone === "failed" || tone === "invalid" ? tone : undefined}>{withLocalTimes(text)}</span>
          </li>
        );
      })}
    </ol>
  );
}
