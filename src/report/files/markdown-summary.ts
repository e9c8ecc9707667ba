import { formatClock } from "../../core/duration.ts";
import { describeCost } from "../cost-result.ts";
import { bytes, count, describeRows, milliseconds, millisecondsOf, percent, perSecondText } from "../numbers.ts";
import { lookNext } from "../page/look-next.ts";
import type { EndpointResult, GroupResult, Result, StreamResult } from "../result/result-schema.ts";
import { analysisSections } from "../text/analysis-lines.ts";
import { earlyEndLine } from "../text/early-end-line.ts";
import { onStopLines } from "../text/on-stop-lines.ts";
import { plainStyle } from "../text/style.ts";
import { closeNote, shortThreshold } from "../text/threshold-line.ts";

const marks = { passed: "✅ Passed", failed: "❌ Failed", invalid: "⚠️ Invalid", aborted: "⚠️ Aborted" } as const;
const shownEndpoints = 50;
const shownErrors = 10;
/** The width of preformatted text, in columns. */
const analysisWidth = 100;

/** Renders the result as GitHub-flavoured Markdown, for the summary of a job or a comment. */
export function markdownSummary(result: Result): string {
  const sections = [
    headline(result),
    thresholdTable(result),
    analyses(result),
    endpointTable(result),
    groupTable(result),
    streamTable(result),
    errorTable(result),
    checkTable(result),
    dataTable(result),
    costLine(result),
    nextLine(result),
    [footer(result)],
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n")}\n`;
}

function headline(result: Result): string[] {
  const { run, verdict, reasons, warnings } = result;
  const earlyEnd = earlyEndLine(result);
  const notes = [...(earlyEnd === null ? [] : [earlyEnd]), ...warnings];
  return [
    `## ${marks[verdict]}: ${plain(`${run.test} / ${run.profile}`)}`,
    "",
    `${plain(run.host)}, ${formatClock(run.durationMs)}, ${count(run.workers)} ${run.workers === 1 ? "worker" : "workers"}`,
    ...(reasons.length + notes.length === 0 ? [] : [""]),
    ...reasons.map((reason) => `- **${plain(reason)}**`),
    ...notes.map((note) => `- ${plain(note)}`),
  ];
}

function thresholdTable({ thresholds }: Result): string[] {
  if (thresholds.length === 0) return [];
  return table(
    ["", "threshold", "measured"],
    thresholds.map((threshold) => {
      const { metric, expression, passed } = threshold;
      const short = shortThreshold({ ...threshold, noData: threshold.value === null });
      return [passed ? "✅" : "❌", `${metric}: ${expression}`, `${short}${closeNote(threshold)}`];
    }),
  );
}

/** The findings of a search, a soak or a spike, in the words of the terminal summary. */
function analyses(result: Result): string[] {
  const lines = analysisSections(result, plainStyle, analysisWidth).flat();
  return lines.length === 0 ? [] : ["```text", ...lines.map((line) => line.replaceAll("`", "'")), "```"];
}

function endpointTable(result: Result): string[] {
  const { endpoints, total } = result;
  if (total.requests === 0) return [];
  const shown = endpoints.toSorted((a, b) => b.requests - a.requests).slice(0, shownEndpoints);
  const rows = [...endpoints.filter((endpoint) => shown.includes(endpoint)), total].map(endpointRow);
  const left = endpoints.length - shown.length;
  return [
    ...table(["endpoint", "requests", "failures", "p50 ms", "p95 ms", "p99 ms", "max ms", "req/s"], rows, 1),
    ...(left > 0 ? ["", `and ${count(left)} more endpoints`] : []),
    ...onStopLines(result).flatMap((line) => ["", line]),
  ];
}

function endpointRow({
  method,
  name,
  requests,
  failures,
  responseTimeMs,
  requestsPerSecond,
}: EndpointResult): string[] {
  const { percentiles, max } = responseTimeMs;
  const share = requests === 0 ? 0 : failures / requests;
  return [
    `${method} ${name}`.trim(),
    count(requests),
    failures === 0 ? "0" : `${count(failures)} (${percent(share)})`,
    ...["50", "95", "99"].map((percentile) => milliseconds(percentiles[percentile] ?? 0)),
    milliseconds(max),
    perSecondText(requestsPerSecond),
  ];
}

function groupTable({ groups = [] }: Result): string[] {
  if (groups.length === 0) return [];
  const shown = groups.toSorted((a, b) => b.count - a.count).slice(0, shownEndpoints);
  const left = groups.length - shown.length;
  const titles = ["group", "count", "failures", "p50 ms", "p95 ms", "p99 ms", "max ms", "active p95 ms"];
  return [
    ...table(titles, groups.filter((group) => shown.includes(group)).map(groupRow), 1),
    ...(left > 0 ? ["", `and ${count(left)} more groups`] : []),
  ];
}

function groupRow({ name, count: times, failures, durationMs, activeTimeMs }: GroupResult): string[] {
  return [
    name,
    count(times),
    failures === 0 ? "0" : `${count(failures)} (${percent(failures / times)})`,
    ...["50", "95", "99"].map((percentile) => milliseconds(durationMs.percentiles[percentile] ?? 0)),
    milliseconds(durationMs.max),
    milliseconds(activeTimeMs.percentiles["95"] ?? 0),
  ];
}

function streamTable({ streams = [] }: Result): string[] {
  if (streams.length === 0) return [];
  const shown = streams.toSorted((a, b) => b.events - a.events).slice(0, shownEndpoints);
  const left = streams.length - shown.length;
  const titles = ["stream", "streams", "events", "events/s"];
  const times = ["first p50 ms", "first p95 ms", "gap p50 ms", "gap p95 ms", "gap max ms"];
  return [
    ...table([...titles, ...times], streams.filter((stream) => shown.includes(stream)).map(streamRow), 1),
    ...(left > 0 ? ["", `and ${count(left)} more streams`] : []),
  ];
}

function streamRow({ method, name, count: ended, events, firstEvents, ...stream }: StreamResult): string[] {
  const { eventsPerSecond, firstEventMs, eventGapMs } = stream;
  const gaps = events - firstEvents;
  return [
    `${method} ${name}`,
    count(ended),
    count(events),
    perSecondText(eventsPerSecond),
    ...["50", "95"].map((percentile) => millisecondsOf(firstEventMs.percentiles[percentile], firstEvents)),
    ...["50", "95"].map((percentile) => millisecondsOf(eventGapMs.percentiles[percentile], gaps)),
    millisecondsOf(eventGapMs.max, gaps),
  ];
}

function errorTable({ errors }: Result): string[] {
  if (errors.length === 0) return [];
  const rows = errors
    .slice(0, shownErrors)
    .map(({ method, name, kind, message, count: times }) => [count(times), kind, `${method} ${name}`.trim(), message]);
  const left = errors.length - rows.length;
  return [
    ...table(["errors", "kind", "where", "message"], rows),
    ...(left > 0 ? ["", `and ${count(left)} more kinds`] : []),
  ];
}

function checkTable({ checks }: Result): string[] {
  if (checks.length === 0) return [];
  return table(
    ["", "check", "passed", "failed"],
    checks.map(({ name, passes, failures }) => [failures === 0 ? "✅" : "❌", name, count(passes), count(failures)]),
    2,
  );
}

function dataTable({ data = [] }: Result): string[] {
  if (data.length === 0) return [];
  const rows = data.map((source) => [source.name, describeRows(source)]);
  return table(["data", "rows"], rows);
}

function costLine({ cost }: Result): string[] {
  return cost === undefined ? [] : [`**Cost** ${plain(describeCost(cost))}`];
}

function nextLine(result: Result): string[] {
  const [next] = lookNext(result);
  return next === undefined ? [] : [`**Look at** ${plain(next)}`];
}

function footer({ run, iterations, droppedIterations, reconnects = 0, retries = 0, peakUsers, total }: Result): string {
  const dropped = droppedIterations > 0 ? `, ${count(droppedIterations)} dropped` : "";
  const repeated =
    (reconnects > 0 ? `, ${count(reconnects)} reconnects` : "") +
    (retries > 0 ? `, ${count(retries)} ${retries === 1 ? "retry" : "retries"}` : "");
  return `${count(iterations)} ${iterations === 1 ? "iteration" : "iterations"}${dropped}${repeated}, at most ${count(peakUsers)} users, ${bytes(total.bytesIn)} received. Run \`${run.id}\`, seed ${run.seed}, muster ${run.musterVersion}.`;
}

/** @param rightFrom the first right-aligned column; it and all columns after it hold numbers */
function table(titles: readonly string[], rows: readonly (readonly string[])[], rightFrom = titles.length): string[] {
  return [
    `| ${titles.join(" | ")} |`,
    `| ${titles.map((_, position) => (position >= rightFrom ? "--:" : "---")).join(" | ")} |`,
    ...rows.map((row) => `| ${row.map(plain).join(" | ")} |`),
  ];
}

/** Returns one line in which all Markdown is escaped: texts of a service or a test are plain text. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, " ").replace(/[\\`*_{}[\]<>|#~&!@$]/g, (character) => {
    return character === "<" ? "&lt;" : character === ">" ? "&gt;" : character === "&" ? "&amp;" : `\\${character}`;
  });
}
