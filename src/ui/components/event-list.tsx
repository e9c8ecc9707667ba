import { formatClock } from "../../core/duration.ts";
import type { Mark } from "../data/marks.ts";

/** The marks of the charts in words. */
export function EventList({ marks }: { readonly marks: readonly Mark[] }) {
  if (marks.length === 0) return <p class="muted">nothing happened but the plan</p>;
  return (
    <ol class="events">
      {marks.map(({ atMs, text, tone }) => (
        <li key={`${atMs} ${text}`}>
          <span class="number muted">{formatClock(atMs)}</span>
          <span class={tone === "failed" || tone === "invalid" ? tone : undefined}>{text}</span>
        </li>
      ))}
    </ol>
  );
}
