import { useMemo } from "preact/hooks";
import { count, perSecondText } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import type { Mark } from "../data/marks.ts";
import { highest, loadSeries } from "../data/series.ts";
import { dashes, type LineLook } from "./chart-look.ts";
import { TimeChart } from "./time-chart.tsx";

const usersPlanned: LineLook = {
  label: "users planned",
  colour: "users",
  width: 1,
  dash: dashes.dashed,
  scale: "y",
  format: count,
};
const ratePlanned: LineLook = {
  label: "planned/s",
  colour: "arrivals",
  width: 1,
  dash: dashes.dashed,
  scale: "right",
  format: perSecondText,
};
const users: LineLook = { label: "users", colour: "users", width: 2, dash: dashes.solid, scale: "y", format: count };
const iterations: LineLook = {
  label: "iterations/s",
  colour: "arrivals",
  width: 1.5,
  dash: dashes.long,
  scale: "right",
  format: perSecondText,
};
const closedLooks = [usersPlanned, users, { ...ratePlanned, quiet: true }, iterations];
const openLooks = [{ ...usersPlanned, quiet: true }, users, ratePlanned, iterations];
/** The look of lines before a run: without actual values, and with one axis unless users and rate are planned. */
const unmeasured = { quiet: true, scale: "y" } as const;
const plannedUsersLooks = [
  { ...usersPlanned, width: 2 },
  { ...users, quiet: true },
  { ...ratePlanned, ...unmeasured },
  { ...iterations, ...unmeasured },
];
const plannedRateLooks = [
  { ...usersPlanned, quiet: true },
  { ...users, quiet: true },
  { ...ratePlanned, width: 2, scale: "y" as const },
  { ...iterations, ...unmeasured },
];
const mixedLooks = [usersPlanned, users, ratePlanned, iterations];

interface LoadChartProps {
  readonly report: Pick<RunReport, "plan" | "windows">;
  readonly marks: readonly Mark[];
}

/** The users on the left axis and the iterations per second on the right one. Planned values are thin lines, actual ones thick. */
export function LoadChart({ report, marks }: LoadChartProps) {
  const { plan, windows } = report;
  const data = useMemo(() => loadSeries({ plan, windows }), [plan, windows]);
  const looks = looksOf(plan, windows.startMs.length > 0);
  const summary = `At most ${count(highest(windows.users))} users; planned ${count(highest(plan.users ?? []))}.`;
  return <TimeChart title="Users and iterations" {...{ summary, data, looks, marks }} empty="no users yet" />;
}

function looksOf({ users: planned, ratePerSecond }: RunReport["plan"], isMeasured: boolean): readonly LineLook[] {
  if (planned !== null && ratePerSecond !== null) return mixedLooks;
  if (ratePerSecond === null) return isMeasured ? closedLooks : plannedUsersLooks;
  return isMeasured ? openLooks : plannedRateLooks;
}
