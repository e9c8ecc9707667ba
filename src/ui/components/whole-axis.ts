import { useEffect } from "preact/hooks";
import type { RunReport } from "../../report/page/model.ts";
import { usePage } from "./page-context.tsx";

/**
 * Sets the time axis of all charts to the whole run: the measured time, and while the load runs the time of the plan as it is now.
 * When the load ends before its plan, what was planned after that is no longer to come.
 */
export function useWholeAxis({ windows, plan, result, state }: RunReport): void {
  const { axis } = usePage();
  const measuredToMs = (windows.startMs.at(-1) ?? 0) + (windows.widthMs.at(-1) ?? 0);
  const isOver = state === "stopping" || state === "teardown" || state === "finished";
  const plannedToMs = isOver ? 0 : (plan.atMs.at(-1) ?? 0);
  const toSeconds = Math.max(measuredToMs, plannedToMs, result.run.durationMs, 1_000) / 1_000;
  useEffect(() => axis.setWhole(0, toSeconds), [axis, toSeconds]);
}
