import { formatClock, formatDuration } from "../../core/duration.ts";
import type { ScenarioReport } from "../../core/plan/plan-report.ts";
import type { Timeline } from "../../core/plan/plan-timeline.ts";
import { count, percent, perSecondText } from "../numbers.ts";
import { cutDistinct } from "./distinct-cut.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";

/** The report of `muster plan` on a run. */
export interface PlanReport {
  readonly schema: "muster-plan/1";
  readonly test: string;
  readonly profile: string;
  readonly host: string;
  /** The planned duration; null if a shape function decides it. */
  readonly durationMs: number | null;
  readonly workers: number;
  /** The thresholds as written in the test: "metric: expression". */
  readonly thresholds: readonly string[];
  readonly scenarios: readonly ScenarioReport[];
}

const chartWidth = 72;
const chartHeight = 8;
const eighths = " ▁▂▃▄▅▆▇█";
const shownWorkers = 16;

/** Renders a plan for the terminal. `atSecond`: shows the load at that second instead of at the peak. */
export function renderPlan(report: PlanReport, style: Style, atSecond: number | null): string {
  const { test, profile, host, thresholds, scenarios } = report;
  const sections = [
    [style.strong(`${test} / ${profile} → ${host}`)],
    ...scenarios.flatMap((scenario) => renderScenario(scenario, style, atSecond, scenarios.length > 1)),
    thresholds.length === 0
      ? [style.muted("  no thresholds: the run passes whatever it measures")]
      : [style.muted("  thresholds"), ...thresholds.map((threshold) => `  ${threshold}`)],
  ];
  return `${sections.map((section) => section.join("\n")).join("\n\n")}\n`;
}

function renderScenario(scenario: ScenarioReport, style: Style, atSecond: number | null, named: boolean): string[][] {
  const title = named ? [style.strong(`  scenario ${scenario.name}`)] : [];
  return [
    [...title, ...loadLines(scenario, style)],
    classTable(scenario, style),
    workerTable(scenario, style, atSecond),
  ].filter((section) => section.length > 0);
}

function loadLines(scenario: ScenarioReport, style: Style): string[] {
  const { kind, searched, peakUsers } = scenario;
  if (kind === "shape") return ["  a shape function decides users second by second"];
  if (searched === null) return chart(scenario, style);
  const { unit, start, max, deadlineMs } = searched;
  const within = `, within ${formatDuration(deadlineMs)}`;
  if (unit === "users") {
    const spawned = searched.spawnRate === null ? "" : `, ${perSecondText(searched.spawnRate)} more per second`;
    return [`  a search decides: from ${count(start)} users up, at most ${count(max)}${spawned}${within}`];
  }
  const by = `by at most ${count(peakUsers)} users`;
  return [
    `  a search decides: from ${perSecondText(start)} iterations per second up, at most ${perSecondText(max)}, ${by}${within}`,
  ];
}

function chart(scenario: ScenarioReport, style: Style): string[] {
  const { timeline, peakUsers, peakRatePerSecond, iterations } = scenario;
  const highest = peakRatePerSecond ?? peakUsers;
  const label = peakRatePerSecond === null ? count(peakUsers) : perSecondText(highest);
  const margin = Math.max(5, label.length);
  const columns = Array.from({ length: chartWidth }, (_, column) => {
    const second = Math.floor((column / chartWidth) * timeline.seconds);
    return timeline.seconds === 0 || highest === 0 ? 0 : (timeline.loadAt(second) / highest) * chartHeight;
  });
  const rows = Array.from({ length: chartHeight }, (_, row) => {
    const floor = chartHeight - 1 - row;
    const cells = columns.map((height) => eighths[Math.round(Math.min(1, Math.max(0, height - floor)) * 8)]);
    const mark = row === 0 ? label : row === chartHeight - 1 ? "0" : "";
    return `  ${style.muted(mark.padStart(margin))} ${cells.join("")}`;
  });
  const end = formatClock(timeline.seconds * 1_000);
  const axis = `${" ".repeat(margin + 3)}00:00${end.padStart(chartWidth - 5)}`;
  const unit =
    peakRatePerSecond !== null
      ? `iterations per second, by at most ${count(peakUsers)} users`
      : iterations === null
        ? "users"
        : `users, until ${count(iterations)} iterations are done`;
  return [style.muted(`  ${" ".repeat(margin)} ${unit}`), ...rows, style.muted(axis)];
}

function classTable({ classes, kind }: ScenarioReport, style: Style): string[] {
  const columns: Column[] = [
    { title: "  class", align: "left", maxWidth: 30 },
    { title: kind === "closed" || kind === "iterations" ? "users" : "", align: "right" },
    { title: "share", align: "right" },
    { title: "task", align: "left", maxWidth: 36 },
    { title: "of its iterations", align: "right" },
  ];
  const rows = classes.flatMap(({ name, users, share, tasks }) =>
    tasks.map((task, position) => [
      position === 0 ? `  ${name}` : "",
      position === 0 && columns[1]?.title !== "" ? count(users) : "",
      position === 0 ? percent(share) : "",
      task.name,
      percent(task.share),
    ]),
  );
  const [head = "", ...body] = table(columns, rows);
  return [style.muted(head), ...body];
}

function workerTable({ timeline, classes }: ScenarioReport, style: Style, atSecond: number | null): string[] {
  if (timeline.seconds === 0) return [];
  const moment = timeline.at(atSecond === null ? busiest(timeline) : Math.min(atSecond, timeline.seconds - 1));
  const { ratePerSecond } = moment;
  const names = cutDistinct(
    classes.map(({ name }) => name),
    20,
  );
  const columns: Column[] = [
    { title: "  worker", align: "right" },
    { title: ratePerSecond === null ? "users" : "at most users", align: "right" },
    ...(ratePerSecond === null ? names.map((title): Column => ({ title, align: "right" })) : []),
  ];
  const rows = moment.workers
    .slice(0, shownWorkers)
    .map((share, position) => [`#${position + 1}`, count(share.users), ...share.classes.map(count)]);
  const [head = "", ...body] = table(columns, rows);
  const left = moment.workers.length - shownWorkers;
  const more = left > 0 ? [style.muted(`  and ${left} more workers`)] : [];
  const when = formatClock(moment.second * 1_000);
  const what = ratePerSecond === null ? `${count(moment.users)} users` : `${perSecondText(ratePerSecond)} iterations/s`;
  return [style.muted(`${head}   ${atSecond === null ? "at the peak, " : ""}${when}: ${what}`), ...body, ...more];
}

/** The first second with the highest load: the peak itself may be between two seconds. */
function busiest({ seconds, loadAt }: Timeline): number {
  let busiestSecond = 0;
  let most = loadAt(0);
  for (let second = 1; second < seconds; second++) {
    const load = loadAt(second);
    if (load <= most) continue;
    busiestSecond = second;
    most = load;
  }
  return busiestSecond;
}
