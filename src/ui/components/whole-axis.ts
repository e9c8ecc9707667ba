import { useEffect, useRef } from "preact/hooks";
import type { RunReport } from "../../report/page/model.ts";
import { usePage } from "./page-context.tsx";

/**
 * Sets the time axis of all charts to the whole run: the measured time and, while the load is running, the planned time. When the
 * load ends before its plan, the rest of the plan is no longer included. Ranges of the report's slices can be selected. Clicks on
 * the page are looked up in this report.
 */
export function useWholeAxis(report: RunReport): void {
  const { axis, selection, shown } = usePage();
  const { windows, plan, result, state, slices } = report;
  shown.current = report;
  const measuredToMs = (windows.startMs.at(-1) ?? 0) + (windows.widthMs.at(-1) ?? 0);
  const isOver = state === "stopping" || state === "teardown" || state === "finished";
  const plannedToMs = isOver ? 0 : (plan.atMs.at(-1) ?? 0);
  const toSeconds = Math.max(measuredToMs, plannedToMs, result.run.durationMs, 1_000) / 1_000;
  useEffect(() => axis.setWhole(0, toSeconds), [axis, toSeconds]);
  useEffect(() => {
    axis.setEdges(slices === undefined ? [] : [...slices.startMs, slices.endMs].map((ms) => ms / 1_000));
    return () => axis.setEdges([]);
  }, [axis, slices]);
  const isRange = selection.range !== null;
  const wasRange = useRef(isRange);
  useEffect(() => {
    // Selecting a range can zoom to it. When the range is no longer selected, the whole run is shown again.
    if (wasRange.current && !isRange) axis.showAll();
    wasRange.current = isRange;
  }, [axis, isRange]);
}
