import { formatClock } from "../../core/duration.ts";
import { bytes, count, describeRows, milliseconds, millisecondsOf, percent, perSecondText } from "../numbers.ts";
import { lookNext } from "../page/look-next.ts";
import { describeMetric } from "../result/own-metrics.ts";
import type { EndpointResult, GroupResult, Result, StreamResult } from "../result/result-schema.ts";
import { capacityLines } from "./capacity-lines.ts";
import { cutDistinct } from "./distinct-cut.ts";
import { driftLines } from "./drift-lines.ts";
import { failureLines } from "./failure-lines.ts";
import { spikeLines } from "./spike-lines.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";
import { cutTo, printable, printableApart, widthOf, wrapTo } from "./text-width.ts";
import { shortThresholds } from "./threshold-cut.ts";
import { closeNote } from "./threshold-line.ts";

const width = 100;
const marks = { passed: "✓ PASSED", failed: "✗ FAILED", invalid: "! INVALID", aborted: "! ABORTED" } as const;
/** The maximum number of endpoints; the output files list all. */
const shownEndpoints = 40;
const shownWorkers = 16;

/**
 * Renders the final summary for a terminal, at most 100 columns wide: verdict, thresholds, endpoints, failures,
 * workers.
 */
export function terminalSummary(result: Result, style: Style): string {
  const sections = [
    headline(result, style),
    thresholdLines(result, style),
    capacityLines(result, style, width).map((line) => cutTo(line, width)),
    driftLines(result, style).map((line) => cutTo(line, width)),
    spikeLines(result, style).map((line) => cutTo(line, width)),
    endpointTable(result, style),
    groupTable(result, style),
    streamTable(result, style),
    failureLines(result, style, width),
    checkTable(result, style),
    metricTable(result),
    dataLines(result, style),
    openLoadLines(result, style),
    footer(result, style),
    nextLines(result, style),
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
  const title = cutTo(`${run.test} / ${run.profile} → ${run.host}`, width - 34);
  return [
    `${colour(style.strong(marks[verdict]))}  ${style.strong(title)}  ${style.muted(`${lengthOf(run)}, seed ${run.seed}`)}`,
    ...reasons.flatMap((reason) => indented("  ", reason).map(colour)),
    ...warnings.flatMap((warning) => indented("  ! ", warning).map(style.invalid)),
  ];
}

/** How long the run lasted, and its load, if that is not the same to the second. */
function lengthOf({ durationMs, loadMs = durationMs }: Result["run"]): string {
  const length = formatClock(durationMs);
  return durationMs - loadMs < 1_000 ? length : `${length} (load ${formatClock(loadMs)})`;
}

/** Wraps a sentence to as many lines as it needs. */
function indented(indent: string, text: string): string[] {
  const lines = wrapTo(printable(text), width - indent.length);
  return lines.map((line, position) => (position === 0 ? indent : " ".repeat(indent.length)) + line);
}

function thresholdLines({ thresholds }: Result, style: Style): string[] {
  const notes = thresholds.map(closeNote);
  const room = width - 4 - Math.max(0, ...notes.map((note) => note.length));
  const outcomes = thresholds.map((threshold) => ({ ...threshold, noData: threshold.value === null }));
  const shortened = shortThresholds(outcomes, room);
  return thresholds.map(({ metric, expression, passed }, position) => {
    const line = `${shortened[position]}${notes[position]}`;
    const mark = passed ? style.passed("✓") : style.failed("✗");
    const written = printable(`${metric}: ${expression}`);
    const left = width - 6 - widthOf(line);
    return `  ${mark} ${line}${left >= widthOf(written) ? style.muted(`  ${written}`) : ""}`;
  });
}

const endpointColumns: readonly Column[] = [
  { title: "  endpoint", align: "left", maxWidth: 60 },
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
  const busiest = new Set(endpoints.toSorted((a, b) => b.requests - a.requests).slice(0, shownEndpoints));
  const rows = [...endpoints.filter((endpoint) => busiest.has(endpoint)), total].map(endpointRow);
  const [head = "", ...body] = table(endpointColumns, rows, width);
  const sum = body.pop() ?? "";
  const left = endpoints.length - busiest.size;
  const more = left > 0 ? [style.muted(`  and ${count(left)} more with fewer requests`)] : [];
  return [style.muted(head), ...body, ...more, style.muted(`  ${"─".repeat(widthOf(head) - 2)}`), style.strong(sum)];
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
    perSecondText(endpoint.requestsPerSecond),
  ];
}

const groupColumns: readonly Column[] = [
  { title: "  group", align: "left", maxWidth: 50 },
  { title: "count", align: "right" },
  { title: "failures", align: "right" },
  { title: "p50", align: "right" },
  { title: "p95", align: "right" },
  { title: "p99", align: "right" },
  { title: "max ms", align: "right" },
  { title: "active p50", align: "right" },
  { title: "active p95", align: "right" },
];

/** The groups of the test: their durations, and, as "active", those without pauses. */
function groupTable({ groups = [] }: Result, style: Style): string[] {
  if (groups.length === 0) return [];
  const busiest = new Set(groups.toSorted((a, b) => b.count - a.count).slice(0, shownEndpoints));
  const rows = groups.filter((group) => busiest.has(group)).map(groupRow);
  const [head = "", ...body] = table(groupColumns, rows, width);
  const left = groups.length - busiest.size;
  const more = left > 0 ? [style.muted(`  and ${count(left)} more that ran less often`)] : [];
  return [style.muted(head), ...body, ...more];
}

function groupRow({ name, count: times, failures, durationMs, activeTimeMs }: GroupResult): string[] {
  return [
    `  ${name}`,
    count(times),
    failures === 0 ? "0" : `${count(failures)} (${percent(failures / times)})`,
    milliseconds(durationMs.percentiles["50"] ?? 0),
    milliseconds(durationMs.percentiles["95"] ?? 0),
    milliseconds(durationMs.percentiles["99"] ?? 0),
    milliseconds(durationMs.max),
    milliseconds(activeTimeMs.percentiles["50"] ?? 0),
    milliseconds(activeTimeMs.percentiles["95"] ?? 0),
  ];
}

const streamColumns: readonly Column[] = [
  { title: "  stream", align: "left", maxWidth: 50 },
  { title: "streams", align: "right" },
  { title: "events/s", align: "right" },
  { title: "first p50", align: "right" },
  { title: "first p95", align: "right" },
  { title: "gap p50", align: "right" },
  { title: "gap p95", align: "right" },
  { title: "gap max ms", align: "right" },
];

/** The endpoints with streamed responses: the times to their first events, and from one event to the next. */
function streamTable({ streams = [] }: Result, style: Style): string[] {
  if (streams.length === 0) return [];
  const busiest = new Set(streams.toSorted((a, b) => b.events - a.events).slice(0, shownEndpoints));
  const rows = streams.filter((stream) => busiest.has(stream)).map(streamRow);
  const [head = "", ...body] = table(streamColumns, rows, width);
  const left = streams.length - busiest.size;
  const more = left > 0 ? [style.muted(`  and ${count(left)} more with fewer events`)] : [];
  return [style.muted(head), ...body, ...more];
}

function streamRow({ method, name, count: ended, events, firstEvents, ...stream }: StreamResult): string[] {
  const { eventsPerSecond, firstEventMs, eventGapMs } = stream;
  const gaps = events - firstEvents;
  return [
    `  ${method} ${name}`,
    count(ended),
    perSecondText(eventsPerSecond),
    millisecondsOf(firstEventMs.percentiles["50"], firstEvents),
    millisecondsOf(firstEventMs.percentiles["95"], firstEvents),
    millisecondsOf(eventGapMs.percentiles["50"], gaps),
    millisecondsOf(eventGapMs.percentiles["95"], gaps),
    millisecondsOf(eventGapMs.max, gaps),
  ];
}

/** What became of the rows of each data source. */
function dataLines({ data = [] }: Result, style: Style): string[] {
  return data.flatMap((source) => {
    const lines = indented("  ", `data ${source.name}: ${describeRows(source)}`);
    return (source.uncertain ?? 0) > 0 ? lines.map(style.invalid) : lines;
  });
}

/** The custom metrics of the test. */
function metricTable({ metrics = [] }: Result): string[] {
  if (metrics.length === 0) return [];
  const columns: Column[] = [
    { title: "  metric", align: "left", maxWidth: 34 },
    { title: "", align: "left", maxWidth: 60, cut: "end" },
  ];
  const [, ...body] = table(
    columns,
    metrics.map((metric) => [`  ${metric.name}`, describeMetric(metric)]),
    width,
  );
  return body;
}

function checkTable({ checks }: Result, style: Style): string[] {
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

/** Lines about an open load: response time against service time, which are equal in a closed load. */
function openLoadLines({ scheduleLagMs, droppedIterations, total }: Result, style: Style): string[] {
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
      ),
      style.muted(`  schedule lag p99 ${milliseconds(lag)} ms`),
    );
  }
  return lines;
}

/** How busy the load generator was, and which worker was busiest. */
function healthLine(workers: Result["workers"]): string[] {
  const told = workers.flatMap(({ number, health }) => (health === null ? [] : [{ number, ...health }]));
  const busiest = told.toSorted((a, b) => b.utilisation.mean - a.utilisation.mean)[0];
  if (busiest === undefined) return [];
  const who = told.length > 1 ? `busiest worker #${busiest.number}` : "worker";
  const { mean, max } = busiest.utilisation;
  const delayMs = told.reduce((worst, { loopDelayP99Ms }) => Math.max(worst, loopDelayP99Ms), 0);
  return indented(
    "  ",
    `${who}: event loop ${percent(mean)} busy, at most ${percent(max)}; timers at most ${milliseconds(delayMs)} ms late (p99)`,
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

function nextLines(result: Result, style: Style): string[] {
  const [next] = lookNext(result);
  return next === undefined ? [] : indented("  → look at ", next).slice(0, 2).map(style.strong);
}

function footer(result: Result, style: Style): string[] {
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
    ),
    ...indented("  ", `${workers.length} ${workerWord}, by requests: ${workerShares(workers)}`).map(
      lost > 0 ? style.failed : (line) => line,
    ),
    ...healthLine(workers).map(style.muted),
  ];
}
