import { formatClock } from "../core/duration.ts";
import type { PlanReport } from "../core/plan-report.ts";
import { count, percent } from "./numbers.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";

const chartWidth = 72;
const chartHeight = 8;
const eighths = " ▁▂▃▄▅▆▇█";
const shownWorkers = 16;

/** A plan for a person: shape of the load, classes and tasks, share of each worker at the peak, thresholds. */
export function renderPlan(report: PlanReport, style: Style): string {
  const sections = [
    [style.strong(`${report.test} / ${report.profile} → ${report.host}`)],
    chart(report, style),
    classTable(report, style),
    workerTable(report, style),
    report.thresholds.length === 0
      ? [style.muted("  no thresholds: the run passes whatever it measures")]
      : [style.muted("  thresholds"), ...report.thresholds.map((threshold) => `  ${threshold}`)],
  ];
  return `${sections.map((section) => section.join("\n")).join("\n\n")}\n`;
}

function chart({ timeline, peakUsers, durationMs }: PlanReport, style: Style): string[] {
  const margin = Math.max(5, count(peakUsers).length);
  const columns = Array.from({ length: chartWidth }, (_, column) => {
    const moment = timeline[Math.floor((column / chartWidth) * timeline.length)];
    return ((moment?.users ?? 0) / Math.max(1, peakUsers)) * chartHeight;
  });
  const rows = Array.from({ length: chartHeight }, (_, row) => {
    const floor = chartHeight - 1 - row;
    const cells = columns.map((height) => eighths[Math.round(Math.min(1, Math.max(0, height - floor)) * 8)]);
    const label = row === 0 ? count(peakUsers) : row === chartHeight - 1 ? "0" : "";
    return `  ${style.muted(label.padStart(margin))} ${cells.join("")}`;
  });
  const end = formatClock(durationMs);
  const axis = `${" ".repeat(margin + 3)}00:00${end.padStart(chartWidth - 5)}`;
  return [style.muted(`  ${"users".padStart(margin)}`), ...rows, style.muted(axis)];
}

function classTable({ classes }: PlanReport, style: Style): string[] {
  const columns: Column[] = [
    { title: "  class", align: "left", maxWidth: 30 },
    { title: "users", align: "right" },
    { title: "share", align: "right" },
    { title: "task", align: "left", maxWidth: 36 },
    { title: "of its iterations", align: "right" },
  ];
  const rows = classes.flatMap(({ name, users, share, tasks }) =>
    tasks.map((task, position) => [
      position === 0 ? `  ${name}` : "",
      position === 0 ? count(users) : "",
      position === 0 ? percent(share) : "",
      task.name,
      percent(task.share),
    ]),
  );
  const [head = "", ...body] = table(columns, rows);
  return [style.muted(head), ...body];
}

function workerTable({ timeline, classes, workers, peakUsers }: PlanReport, style: Style): string[] {
  const atPeak = timeline.find((moment) => moment.users === peakUsers);
  if (atPeak === undefined) return [];
  const columns: Column[] = [
    { title: "  worker", align: "right" },
    { title: "users", align: "right" },
    ...classes.map(({ name }): Column => ({ title: name, align: "right", maxWidth: 20 })),
  ];
  const rows = atPeak.workers
    .slice(0, shownWorkers)
    .map((share, position) => [`#${position + 1}`, count(share.users), ...share.classes.map(count)]);
  const [head = "", ...body] = table(columns, rows);
  const more = workers > shownWorkers ? [style.muted(`  and ${workers - shownWorkers} more workers`)] : [];
  return [style.muted(`${head}   at the peak, ${formatClock(atPeak.second * 1_000)}`), ...body, ...more];
}
