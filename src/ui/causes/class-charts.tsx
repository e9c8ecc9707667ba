import { useMemo } from "preact/hooks";
import { count, perSecondText } from "../../report/numbers.ts";
import type { ClassSlices, RunReport, Slices, WindowColumns } from "../../report/page/model.ts";
import { ratesOfSlices } from "../../report/page/parts/range-figures.ts";
import { pointsOfColumns } from "../../report/page/parts/wide-times.ts";
import { dashes, type LineLook } from "../charts/chart-look.ts";
import { TimeChart } from "../charts/time-chart.tsx";
import type { Mark } from "../data/marks.ts";
import { type ChartData, highest } from "../data/series.ts";
import { TimesChart } from "./times-chart.tsx";

interface ClassChartsProps {
  readonly report: Pick<RunReport, "windows" | "slices">;
  readonly name: string;
  readonly marks: readonly Mark[];
}

const line = { width: 1.75, dash: dashes.solid, scale: "y" } as const;
const userLooks: readonly LineLook[] = [{ ...line, label: "users", colour: "users", format: count }];
const iterationLooks: readonly LineLook[] = [
  { ...line, label: "iterations/s", colour: "arrivals", format: perSecondText },
];
const requestLooks: readonly LineLook[] = [
  { ...line, label: "requests/s", colour: "requests", format: perSecondText },
  { ...line, label: "failures/s", colour: "failures", dash: dashes.dotted, format: perSecondText },
];

/** The recorded figures of a user class over time. */
export function ClassCharts({ report: { windows, slices }, name, marks }: ClassChartsProps) {
  const found = slices?.classes.find((one) => one.name === name);
  const users = useMemo(() => usersOf(windows, name), [windows, name]);
  const kept = useMemo(
    () => (slices === undefined || found === undefined ? null : keptOf(slices, found)),
    [slices, name],
  );
  const most = (data: ChartData, format: (value: number) => string) =>
    `At most ${format(highest(data.lines[0] ?? []))}.`;
  return (
    <div class="grid">
      <TimeChart title={`Users of ${name}`} data={users} looks={userLooks} marks={marks} summary={most(users, count)} />
      {kept !== null && (
        <TimeChart
          title={`Iterations/s of ${name}`}
          data={kept.iterations}
          looks={iterationLooks}
          marks={marks}
          summary={most(kept.iterations, perSecondText)}
        />
      )}
      {kept?.requests != null && (
        <TimeChart
          title={`Throughput and failures of ${name}`}
          data={kept.requests}
          looks={requestLooks}
          marks={marks}
          summary={most(kept.requests, perSecondText)}
        />
      )}
      {kept?.times != null && (
        <TimesChart title={`Response time of ${name}, ms`} points={kept.times} what="requests" marks={marks} />
      )}
    </div>
  );
}

function usersOf({ startMs, widthMs, usersByClass }: WindowColumns, name: string): ChartData {
  const x = startMs.map((start, position) => (start + (widthMs[position] ?? 0) / 2) / 1_000);
  return { x, lines: [usersByClass[name] ?? []] };
}

function keptOf(slices: Slices, { executions, requests }: ClassSlices) {
  const ends = [...slices.startMs.slice(1), slices.endMs];
  const x = slices.startMs.map((start, slice) => (start + (ends[slice] ?? start)) / 2_000);
  const failures =
    requests?.failureKinds.map((kinds) => Object.values(kinds).reduce((sum, some) => sum + some, 0)) ?? [];
  return {
    iterations: { x, lines: [ratesOfSlices(slices, executions)] },
    requests:
      requests === null
        ? null
        : { x, lines: [ratesOfSlices(slices, requests.requests), ratesOfSlices(slices, failures)] },
    times: requests === null || requests.responseTime === null ? null : pointsOfColumns(slices, [requests]),
  };
}
