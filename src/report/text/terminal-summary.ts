import { formatClock } from "../../core/duration.ts";
import { printable } from "../../core/readable-text.ts";
import { describeCost } from "../cost-result.ts";
import { bytes, count, describeRows, milliseconds, percent } from "../numbers.ts";
import { observedTable } from "../observed/observed-lines.ts";
import { lookNext } from "../page/look-next.ts";
import { describeMetric } from "../result/own-metrics.ts";
import type { Result } from "../result/result-schema.ts";
import { analysisSections } from "./analysis-lines.ts";
import { cutDistinct } from "./distinct-cut.ts";
import { earlyEndLine } from "./early-end-line.ts";
import { failureLines } from "./failure-lines.ts";
import type { Style } from "./style.ts";
import { wrapStyled } from "./styled-text.ts";
import { endpointTable, groupTable, streamTable } from "./summary-tables.ts";
import { type Column, table } from "./table.ts";
import { indented, printableApart, widestSentence, widthOf } from "./text-width.ts";
import { thresholdLines } from "./threshold-lines.ts";

/** The width without a terminal. */
const usualWidth = 100;
const marks = { passed: "✓ PASSED", failed: "✗ FAILED", invalid: "! INVALID", aborted: "! ABORTED" } as const;
const shownWorkers = 16;
/** The least width of a title on one line with the length of the run. */
const leastTitle = 40;

/**
 * Renders the final summary for a terminal of `width` columns: verdict, thresholds, endpoints, failures, workers. Names are
 * shortened, figures are not.
 */
export function terminalSummary(result: Result, style: Style, width = usualWidth): string {
  const sections = [
    headline(result, style, width),
    thresholdLines(judged(result), style, Math.min(width, widestSentence)),
    ...analysisSections(result, style, width),
    endpointTable(result, style, width),
    groupTable(result, style, width),
    streamTable(result, style, width),
    failureLines(result, style, width),
    checkTable(result, style, width),
    metricTable(result, width),
    observedTable(result, width),
    dataLines(result, style, width),
    openLoadLines(result, style, width),
    footer(result, style, width),
    nextLines(result, style, width),
  ];
  return `\n${sections
    .filter((section) => section.length > 0)
    .map((section) => section.flatMap((line) => wrapStyled(line, width)).join("\n"))
    .join("\n\n")}\n`;
}

function headline(result: Result, style: Style, width: number): string[] {
  const { run, verdict, reasons, warnings } = result;
  const earlyEnd = earlyEndLine(result);
  const colour = { passed: style.passed, failed: style.failed, invalid: style.invalid, aborted: style.invalid }[
    verdict
  ];
  const asked = printable(`${run.test} / ${run.profile} → ${run.host}`);
  const facts = `${lengthOf(run)}, seed ${run.seed}`;
  // On a narrow terminal the facts get a separate line, so that less of the title is cut.
  const besides = width - marks[verdict].length - 4 - facts.length;
  const isBeside = besides >= Math.min(widthOf(asked), leastTitle);
  const [title = ""] = cutDistinct([asked], isBeside ? besides : width - marks[verdict].length - 2);
  const line = `${colour(style.strong(marks[verdict]))}  ${style.strong(title)}`;
  return [
    ...(isBeside ? [`${line}  ${style.muted(facts)}`] : [line, style.muted(`  ${facts}`)]),
    ...reasons.flatMap((reason) => indented("  ", reason, width).map(colour)),
    ...(earlyEnd === null ? [] : indented("  ", earlyEnd, width)),
    ...warnings.flatMap((warning) => indented("  ! ", warning, width).map(style.invalid)),
  ];
}

/** Returns the duration of the run, and the duration of its load if that differs by a second or more. */
function lengthOf({ durationMs, loadMs = durationMs }: Result["run"]): string {
  const length = formatClock(durationMs);
  return durationMs - loadMs < 1_000 ? length : `${length} (load ${formatClock(loadMs)})`;
}

function judged({ thresholds }: Result) {
  return thresholds.map((threshold) => ({ ...threshold, noData: threshold.value === null }));
}

/** Renders the use of the rows of each data source, and of the budget. */
function dataLines({ data = [], cost }: Result, style: Style, width: number): string[] {
  const spent = cost === undefined ? [] : indented("  ", `cost: ${describeCost(cost)}`, width);
  return data
    .flatMap((source) => {
      const lines = indented("  ", `data ${source.name}: ${describeRows(source)}`, width);
      return (source.uncertain ?? 0) > 0 ? lines.map(style.invalid) : lines;
    })
    .concat(spent);
}

/** The custom metrics of the test. */
function metricTable({ metrics = [] }: Result, width: number): string[] {
  if (metrics.length === 0) return [];
  const columns: Column[] = [
    { title: "  metric", align: "left", maxWidth: 34 },
    { title: "", align: "left", isWhole: true },
  ];
  const [, ...body] = table(
    columns,
    metrics.map((metric) => [`  ${metric.name}`, describeMetric(metric)]),
    width,
  );
  return body;
}

function checkTable({ checks }: Result, style: Style, width: number): string[] {
  const counts = checks.map(({ passes, failures }) => {
    const share = failures === 0 ? "" : `  ${percent(passes / (passes + failures))}`;
    return `: ${count(passes)} of ${count(passes + failures)}${share}`;
  });
  const names = cutDistinct(
    printableApart(checks.map(({ name }) => `check ${name}`)),
    width - 4 - Math.max(0, ...counts.map((text) => text.length)),
  );
  return checks.map(({ failures }, position) => {
    const mark = failures === 0 ? style.passed("✓") : style.failed("✗");
    return `  ${mark} ${names[position]}${counts[position]}`;
  });
}

/** Renders lines about an open load: response time against service time, which are equal in a closed load. */
function openLoadLines({ scheduleLagMs, droppedIterations, total }: Result, style: Style, width: number): string[] {
  const lines = [];
  if (droppedIterations > 0)
    lines.push(
      style.failed(
        `  ✗ ${count(droppedIterations)} ${droppedIterations === 1 ? "iteration was" : "iterations were"} dropped: no user was free`,
      ),
    );
  if (scheduleLagMs !== null) {
    const response = total.responseTimeMs.percentiles["99"] ?? 0;
    const service = total.serviceTimeMs.percentiles["99"] ?? 0;
    const lag = scheduleLagMs.percentiles["99"] ?? 0;
    lines.push(
      ...indented(
        "  ",
        `p99 response time (since due) ${milliseconds(response)} ms, service time (since sent) ${milliseconds(service)} ms: ${milliseconds(Math.max(0, response - service))} ms of waiting`,
        width,
      ),
      style.muted(`  schedule lag p99 ${milliseconds(lag)} ms`),
    );
  }
  return lines;
}

/** How busy the load generator was, and which worker was busiest. */
function healthLine(workers: Result["workers"], width: number): string[] {
  const told = workers.flatMap(({ number, health }) => (health === null ? [] : [{ number, ...health }]));
  const busiest = told.toSorted((a, b) => b.utilisation.mean - a.utilisation.mean)[0];
  if (busiest === undefined) return [];
  const who = told.length > 1 ? `busiest worker #${busiest.number}` : "worker";
  const { mean, max } = busiest.utilisation;
  const delayMs = told.reduce((worst, { loopDelayP99Ms }) => Math.max(worst, loopDelayP99Ms), 0);
  return indented(
    "  ",
    `${who}: event loop ${percent(mean)} busy, at most ${percent(max)}; timers at most ${milliseconds(delayMs)} ms late (p99)`,
    width,
  );
}

function workerShares(workers: Result["workers"]): string {
  if (workers.length > shownWorkers) {
    const requests = workers.map((worker) => worker.requests).sort((a, b) => a - b);
    const lost = workers.filter((worker) => worker.lost).length;
    const range = `${count(requests[0] ?? 0)} to ${count(requests.at(-1) ?? 0)} each`;
    return lost === 0 ? range : `${range} (${count(lost)} lost)`;
  }
  return workers.map(({ number, requests, lost }) => `#${number} ${count(requests)}${lost ? " (lost)" : ""}`).join(" ");
}

function nextLines(result: Result, style: Style, width: number): string[] {
  const next = lookNext(result).slice(0, 1);
  return next.flatMap((what) => indented("  → look at ", what, width).slice(0, 2)).map(style.strong);
}

function footer(result: Result, style: Style, width: number): string[] {
  const {
    iterations,
    failedIterations,
    interruptedIterations,
    reconnects = 0,
    retries = 0,
    total,
    peakUsers,
    users,
    workers,
  } = result;
  const parts = [`${count(iterations)} ${iterations === 1 ? "iteration" : "iterations"}`];
  if (failedIterations > 0) parts.push(`${count(failedIterations)} threw`);
  if (interruptedIterations > 0) parts.push(`${count(interruptedIterations)} interrupted`);
  if (reconnects > 0)
    parts.push(`${count(reconnects)} ${reconnects === 1 ? "request" : "requests"} resent (reconnects)`);
  if (retries > 0) parts.push(`${count(retries)} ${retries === 1 ? "retry" : "retries"}`);
  const classes = Object.entries(users).map(([name, number]) => `${name} ${number}`);
  const lost = workers.filter((worker) => worker.lost).length;
  const workerWord = workers.length === 1 ? "worker" : "workers";
  return [
    `  ${parts.join(", ")}; ${bytes(total.bytesIn)} in, ${bytes(total.bytesOut)} out`,
    ...indented(
      "  ",
      `${count(peakUsers)} ${peakUsers === 1 ? "user" : "users"} at most${classes.length > 0 ? ` (${classes.join(", ")})` : ""}`,
      width,
    ),
    ...indented("  ", `${workers.length} ${workerWord}, by requests: ${workerShares(workers)}`, width).map(
      lost > 0 ? style.failed : (line) => line,
    ),
    ...healthLine(workers, width).map(style.muted),
  ];
}
