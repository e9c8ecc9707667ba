import { useEffect } from "preact/hooks";
import type { RunReport } from "../../report/page/model.ts";
import { usePage } from "./page-context.tsx";

/** Sets the time axis of all charts to the whole run: the measured time, and until its end the planned time. */
export function useWholeAxis({ windows, plan, result, state }: RunReport): void {
  const { axis } = usePage();
  const measuredToMs = (windows.startMs.at(-1) ?? 0) + (windows.widthMs.at(-1) ?? 0);
  const plannedToMs = state === "finished" ? 0 : (plan.atMs.at(-1) ?? 0);
  const toSeconds = Math.max(measuredToMs, plannedToMs, result.run.durationMs, 1_000) / 1_000;
  useEffect(() => axis.setWhole(0, toSeconds), [axis, toSeconds]);
}
