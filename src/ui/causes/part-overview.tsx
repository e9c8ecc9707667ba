import { useMemo } from "preact/hooks";
import { percent, perSecondText } from "../../report/numbers.ts";
import type { RunReport, Slices } from "../../report/page/model.ts";
import { ratesOfSlices } from "../../report/page/parts/range-figures.ts";
import { pointsOfColumns } from "../../report/page/parts/wide-times.ts";
import { dashes, type LineLook } from "../charts/chart-look.ts";
import { TimeChart } from "../charts/time-chart.tsx";
import { WorkerCharts } from "../charts/worker-charts.tsx";
import { usePage } from "../components/page-context.tsx";
import type { Mark } from "../data/marks.ts";
import { type ChartData, highest, type Line } from "../data/series.ts";
import { Unkept } from "../selection/unkept.tsx";
import { ClassCharts } from "./class-charts.tsx";
import { TimesChart } from "./times-chart.tsx";

interface PartOverviewProps {
  readonly report: RunReport;
  readonly marks: readonly Mark[];
}

/** The charts of a worker, a user class, a group or a check. */
export function PartOverview({ report, marks }: PartOverviewProps) {
  const { worker, userClass, group } = usePage().selection;
  const { slices, workers } = report;
  if (worker !== null) {
    return (
      <>
        <WorkerCharts workers={workers} marks={marks} />
        <Unkept what="Response times, failures, users, and their distributions over time" />
      </>
    );
  }
  if (userClass !== "") {
    const isRecorded = slices?.classes.some(({ name, requests }) => name === userClass && requests !== null);
    return (
      <>
        <ClassCharts name={userClass} {...{ report, marks }} />
        {isRecorded !== true && <Unkept what="Requests, response times and failures" />}
      </>
    );
  }
  return (
    <>
      {slices !== undefined &&
        (group === "" ? <CheckCharts {...{ slices, marks }} /> : <GroupCharts {...{ slices, marks }} />)}
      <Unkept what="Requests, response times, failures and users" />
    </>
  );
}

interface SlicesProps {
  readonly slices: Slices;
  readonly marks: readonly Mark[];
}

const line = { width: 1.75, dash: dashes.solid, scale: "y" } as const;
const groupLooks: readonly LineLook[] = [
  { ...line, label: "groups/s", colour: "requests", format: perSecondText },
  { ...line, label: "failures/s", colour: "failures", dash: dashes.dotted, format: perSecondText },
];
const checkLooks: readonly LineLook[] = [
  { ...line, label: "checks/s", colour: "requests", format: perSecondText },
  { ...line, label: "failures/s", colour: "failures", dash: dashes.dotted, format: perSecondText },
];
const shareLooks: readonly LineLook[] = [{ ...line, label: "failed", colour: "failures", format: percent }];

/** How many times a group ended and failed, and its durations. */
function GroupCharts({ slices, marks }: SlicesProps) {
  const { group } = usePage().selection;
  const found = slices.groups.find(({ name }) => name === group);
  const charts = useMemo(() => {
    if (found === undefined) return null;
    const failures = found.failureKinds.map((kinds) => Object.values(kinds).reduce((sum, some) => sum + some, 0));
    return {
      rates: over(slices, [ratesOfSlices(slices, found.requests), ratesOfSlices(slices, failures)]),
      points: found.responseTime === null ? null : pointsOfColumns(slices, [found]),
    };
  }, [slices, group]);
  if (charts === null) return null;
  const { rates, points } = charts;
  return (
    <div class="grid">
      <TimeChart title="Groups and failures" data={rates} looks={groupLooks} marks={marks} summary={mostOf(rates)} />
      {points !== null && <TimesChart title="Duration of the group, ms" points={points} what="groups" marks={marks} />}
    </div>
  );
}

/** How many times a check was made and failed. */
function CheckCharts({ slices, marks }: SlicesProps) {
  const { check } = usePage().selection;
  const found = slices.checks.find(({ name }) => name === check);
  const charts = useMemo(() => {
    if (found === undefined) return null;
    const { passes, failures } = found;
    const made = passes.map((count, slice) => count + (failures[slice] ?? 0));
    const shares = made.map((count, slice) => (count === 0 ? null : (failures[slice] ?? 0) / count));
    return {
      rates: over(slices, [ratesOfSlices(slices, made), ratesOfSlices(slices, failures)]),
      shares: over(slices, [shares]),
    };
  }, [slices, check]);
  if (charts === null) return null;
  const { rates, shares } = charts;
  const most = `At most ${percent(highest(shares.lines[0] ?? []))}.`;
  return (
    <div class="grid">
      <TimeChart title="Checks and failures" data={rates} looks={checkLooks} marks={marks} summary={mostOf(rates)} />
      <TimeChart title="Share of failed checks" data={shares} looks={shareLooks} marks={marks} summary={most} />
    </div>
  );
}

function mostOf({ lines }: ChartData): string {
  return `At most ${perSecondText(highest(lines[0] ?? []))} per second.`;
}

/** Returns chart data with a value for each slice, at its middle. */
function over({ startMs, endMs }: Slices, lines: readonly Line[]): ChartData {
  return { x: startMs.map((start, slice) => (start + (startMs[slice + 1] ?? endMs)) / 2_000), lines };
}
