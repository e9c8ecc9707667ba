import type { PlanPreview } from "../../api/contract/session.ts";
import { formatClock } from "../../core/duration.ts";
import { count, percent, rate } from "../../report/numbers.ts";

/** What the plan comes to, in figures. */
export function PlanFacts({ preview }: { readonly preview: PlanPreview }) {
  const { durationMs, peakUsers, peakRatePerSecond, classes, thresholds, search } = preview;
  const isSearch = search !== null;
  const facts = [
    ...(isSearch ? [["tried are", search]] : []),
    ["length", durationMs === null ? "until it is stopped" : `${isSearch ? "at most " : ""}${formatClock(durationMs)}`],
    ...(peakUsers === null || isSearch ? [] : [["users at most", count(peakUsers)]]),
    ...(peakRatePerSecond === null || isSearch ? [] : [["arrivals/s at most", rate(peakRatePerSecond)]]),
    ...classes.map(({ name, share }) => [name, percent(share)]),
    [
      isSearch ? "a trial has to hold" : "thresholds",
      thresholds.length === 0 ? "none: the run passes whatever it measures" : thresholds.join("; "),
    ],
  ];
  return (
    <dl class="facts below">
      {facts.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd class="number">{value}</dd>
        </>
      ))}
    </dl>
  );
}
