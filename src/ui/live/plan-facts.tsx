import { formatClock } from "../../core/duration.ts";
import { count, percent, rate } from "../../report/numbers.ts";
import type { PlanPreview } from "../data/live-messages.ts";

/** What the plan comes to, in figures. */
export function PlanFacts({ preview }: { readonly preview: PlanPreview }) {
  const { durationMs, peakUsers, peakRatePerSecond, classes, thresholds } = preview;
  const facts = [
    ["length", durationMs === null ? "until it is stopped" : formatClock(durationMs)],
    ...(peakUsers === null ? [] : [["users at most", count(peakUsers)]]),
    ...(peakRatePerSecond === null ? [] : [["arrivals/s at most", rate(peakRatePerSecond)]]),
    ...classes.map(({ name, share }) => [name, percent(share)]),
    ["thresholds", thresholds.length === 0 ? "none: the run passes whatever it measures" : thresholds.join("; ")],
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
