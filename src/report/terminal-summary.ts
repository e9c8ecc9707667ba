import { formatClock } from "../core/duration.ts";
import { bytes, count, milliseconds, percent, rate } from "./numbers.ts";
import type { EndpointResult, Result } from "./result-schema.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";
import { shortThreshold } from "./threshold-line.ts";

const width = 100;
const marks = { passed: "✓ PASSED", failed: "✗ FAILED", invalid: "! INVALID", aborted: "! ABORTED" } as const;
const shownErrors = 10;

/** The final report for a terminal, at most 100 columns wide: verdict, thresholds, endpoints, failures, workers. */
export function terminalSummary(result: Result, style: Style): string {
  const sections = [
    headline(result, style),
    thresholdLines(result, style),
    endpointTable(result, style),
    errorTable(result, style),
    checkTable(result, style),
    footer(result, style),
  ];
  return `\n${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n")}\n`;
}

function headline({ run, verdict, reasons, warnings }: Result, style: Style): string[] {
  const colour = { passed: style.passed, failed: style.failed, invalid: style.invalid, aborted: style.invalid }[
    verdict
  ];
  const title = `${run.test} / ${run.profile} → ${run.host}`;
  return [
    `${colour(style.strong(marks[verdict]))}  ${style.strong(title)}  ${style.muted(`${formatClock(run.durationMs)}, seed ${run.seed}`)}`,
    ...reasons.map((reason) => colour(`  ${reason}`)),
    ...warnings.map((warning) => style.invalid(`  ! ${warning}`)),
  ];
}

function thresholdLines({ thresholds }: Result, style: Style): string[] {
  return thresholds.map((threshold) => {
    const line = shortThreshold({ ...threshold, noData: threshold.value === null });
    const mark = threshold.passed ? style.passed("✓") : style.failed("✗");
    return `  ${mark} ${line}  ${style.muted(`${threshold.metric}: ${threshold.expression}`)}`;
  });
}

const endpointColumns: readonly Column[] = [
  { title: "  endpoint", align: "left", maxWidth: 34 },
  { title: "requests", align: "right" },
  { title: "failures", align: "right" },
  { title: "min", align: "right" },
  { title: "p50", align: "right" },
  { title: "p95", align: "right" },
  { title: "p99", align: "right" },
  { title: "max ms", align: "right" },
  { title: "req/s", align: "right" },
];

function endpointTable({ endpoints, total }: Result, style: Style): string[] {
  const rows = [...endpoints, total].map(endpointRow);
  const [head = "", ...body] = table(endpointColumns, rows);
  const sum = body.pop() ?? "";
  return [
    style.muted(head),
    ...body,
    style.muted(`  ${"─".repeat(Math.min(width, head.length) - 2)}`),
    style.strong(sum),
  ];
}

function endpointRow(endpoint: EndpointResult): string[] {
  const { min, max, percentiles } = endpoint.responseTimeMs;
  const share = endpoint.requests === 0 ? 0 : endpoint.failures / endpoint.requests;
  return [
    `  ${`${endpoint.method} ${endpoint.name}`.trim()}`,
    count(endpoint.requests),
    endpoint.failures === 0 ? "0" : `${count(endpoint.failures)} (${percent(share)})`,
    milliseconds(min),
    milliseconds(percentiles["50"] ?? 0),
    milliseconds(percentiles["95"] ?? 0),
    milliseconds(percentiles["99"] ?? 0),
    milliseconds(max),
    rate(endpoint.requestsPerSecond),
  ];
}

function errorTable({ errors }: Result, style: Style): string[] {
  if (errors.length === 0) return [];
  const columns: Column[] = [
    { title: "  errors", align: "right" },
    { title: "kind", align: "left" },
    { title: "where", align: "left", maxWidth: 30 },
    { title: "message", align: "left", maxWidth: 46 },
  ];
  const rows = errors
    .slice(0, shownErrors)
    .map((error) => [count(error.count), error.kind, `${error.method} ${error.name}`.trim(), error.message]);
  const [head = "", ...body] = table(columns, rows);
  const more = errors.length > shownErrors ? [style.muted(`  and ${errors.length - shownErrors} more kinds`)] : [];
  return [style.muted(head), ...body, ...more];
}

function checkTable({ checks }: Result, style: Style): string[] {
  return checks.map(({ name, passes, failures }) => {
    const mark = failures === 0 ? style.passed("✓") : style.failed("✗");
    const share = failures === 0 ? "" : `  ${percent(passes / (passes + failures))}`;
    return `  ${mark} check ${name}: ${count(passes)} of ${count(passes + failures)}${share}`;
  });
}

function footer(result: Result, style: Style): string[] {
  const { iterations, failedIterations, interruptedIterations, total, peakUsers, users, workers } = result;
  const parts = [`${count(iterations)} iterations`];
  if (failedIterations > 0) parts.push(`${count(failedIterations)} threw`);
  if (interruptedIterations > 0) parts.push(`${count(interruptedIterations)} interrupted`);
  const classes = Object.entries(users).map(([name, number]) => `${name} ${number}`);
  const lost = workers.filter((worker) => worker.lost).length;
  return [
    `  ${parts.join(", ")}; ${bytes(total.bytesIn)} in, ${bytes(total.bytesOut)} out`,
    `  ${count(peakUsers)} users at most${classes.length > 0 ? ` (${classes.join(", ")})` : ""}`,
    `  ${workers.length} ${workers.length === 1 ? "worker" : "workers"}${lost > 0 ? style.failed(`, ${lost} lost`) : ""}: ${workers.map((worker) => `#${worker.number} ${count(worker.requests)}`).join("  ")} requests`,
  ];
}
