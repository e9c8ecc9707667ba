import { useMemo } from "preact/hooks";
import type { RunReport } from "../../report/model.ts";
import { count, rate } from "../../report/numbers.ts";
import type { Mark } from "../data/marks.ts";
import { highest, load } from "../data/series.ts";
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
  format: rate,
};
const users: LineLook = { label: "users", colour: "users", width: 2, dash: dashes.solid, scale: "y", format: count };
const iterations: LineLook = {
  label: "iterations/s",
  colour: "arrivals",
  width: 1.5,
  dash: dashes.long,
  scale: "right",
  format: rate,
};
const closedLooks = [usersPlanned, users, { ...ratePlanned, quiet: true }, iterations];
const openLooks = [{ ...usersPlanned, quiet: true }, users, ratePlanned, iterations];
const mixedLooks = [usersPlanned, users, ratePlanned, iterations];

interface LoadChartProps {
  readonly report: Pick<RunReport, "plan" | "windows">;
  readonly marks: readonly Mark[];
}

/** Users on the left, iterations per second on the right: planned thin, actual thick. */
export function LoadChart({ report, marks }: LoadChartProps) {
  const { plan, windows } = report;
  const data = useMemo(() => load({ plan, windows }), [plan, windows]);
  const looks = plan.ratePerSecond === null ? closedLooks : plan.users === null ? openLooks : mixedLooks;
  const summary = `At most ${count(highest(windows.users))} users; planned ${count(highest(plan.users ?? []))}.`;
  return <TimeChart title="Users and iterations" {...{ summary, data, looks, marks }} empty="no users yet" />;
}
