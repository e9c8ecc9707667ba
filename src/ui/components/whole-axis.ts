import { useEffect } from "preact/hooks";
import type { RunReport } from "../../report/page/model.ts";
import { usePage } from "./page-context.tsx";

/** The time axis of all charts reaches over the whole run: what is measured, and what is planned while it goes on. */
export function useWholeAxis({ windows, plan, result, state }: RunReport): void {
  const { axis } = usePage();
  const measuredToMs = (windows.startMs.at(-1) ?? 0) + (windows.widthMs.at(-1) ?? 0);
  const plannedToMs = state === "finished" ? 0 : (plan.atMs.at(-1) ?? 0);
  const toSeconds = Math.max(measuredToMs, plannedToMs, result.run.durationMs, 1_000) / 1_000;
  useEffect(() => axis.setWhole(0, toSeconds), [axis, toSeconds]);
}
