import { formatClock } from "../../core/duration.ts";
import type { RunReport } from "../../report/model.ts";
import { count, milliseconds, percent } from "../../report/numbers.ts";
import type { EndpointResult, Result } from "../../report/result-schema.ts";
import { crossingMs } from "./crossing.ts";
import { keyOf } from "./endpoint-key.ts";
import { selects, tagsOf } from "./limits.ts";

const mostLines = 4;
/** A share of failures that is worth a line although nothing else is wrong. */
const manyFailures = 0.001;

/** Where a person should look first, the weightiest on top; at most four lines. */
export function lookNext(report: RunReport): string[] {
  const { result } = report;
  return [
    ...lostWorkers(result),
    ...slowest(report),
    ...commonestError(result),
    ...firstException(report),
    ...dropped(result),
    ...closeThresholds(result),
  ].slice(0, mostLines);
}

function lostWorkers({ workers }: Result): string[] {
  const lost = workers.filter((worker) => worker.lost).map(({ number }) => `#${number}`);
  return lost.length === 0 ? [] : [`Worker ${lost.join(", ")} was lost: its last second is missing, see Workers`];
}

/** The endpoint behind a percentile that failed, and what was going on when it began. */
function slowest(report: RunReport): string[] {
  const { thresholds, endpoints } = report.result;
  const failed = thresholds.find(
    ({ metric, passed }) => !passed && (metric.startsWith("response_time") || metric.startsWith("http_req_duration")),
  );
  if (failed === undefined) return [];
  const concerned =
    tagsOf(failed.metric).length === 0 ? endpoints : endpoints.filter((one) => selects(failed.metric, keyOf(one)));
  const worst = highestBy(concerned, p95);
  if (worst === undefined) return [];
  const at = crossingMs(report, failed);
  return [
    `${keyOf(worst)} was the slowest: p95 ${milliseconds(p95(worst))} ms, p99 ${milliseconds(worst.responseTimeMs.percentiles["99"] ?? 0)} ms`,
    ...(at === null ? [] : [`${failed.expression} stopped holding at ${formatClock(at)}, ${loadAt(report, at)}`]),
  ];
}

function loadAt({ windows }: RunReport, atMs: number): string {
  const position = windows.startMs.findIndex((start) => start >= atMs);
  const users = windows.users[position] ?? 0;
  const width = windows.widthMs[position] ?? 1_000;
  const requests = windows.total.requests[position] ?? 0;
  return `with ${count(users)} users and ${count((requests * 1_000) / width)} requests/s`;
}

function commonestError({ errors, total }: Result): string[] {
  const [most] = errors;
  if (most === undefined || total.failures / Math.max(1, total.requests) < manyFailures) return [];
  const share = total.failures === 0 ? "" : `, ${percent(Math.min(1, most.count / total.failures))} of all failures`;
  return [`${count(most.count)} × ${most.message || most.kind} at ${keyOf(most)}${share}`];
}

function firstException({ exceptions }: RunReport): string[] {
  const [most] = exceptions;
  return most === undefined
    ? []
    : [`The test's own code threw ${count(most.count)} × in ${most.name}: ${most.message}`];
}

function dropped({ droppedIterations }: Result): string[] {
  return droppedIterations === 0
    ? []
    : [`${count(droppedIterations)} iterations were due and dropped: no user was free`];
}

function closeThresholds({ thresholds }: Result): string[] {
  const close = thresholds.filter((threshold) => threshold.close);
  return close.length === 0
    ? []
    : [`${close.map(({ expression }) => expression).join(", ")} was close: another run could end the other way`];
}

function p95({ responseTimeMs }: EndpointResult): number {
  return responseTimeMs.percentiles["95"] ?? 0;
}

function highestBy<T>(values: readonly T[], by: (value: T) => number): T | undefined {
  return values.reduce<T | undefined>(
    (most, value) => (most === undefined || by(value) > by(most) ? value : most),
    undefined,
  );
}
