import type { FailureKind } from "../../core/failure-kind.ts";
import { encodedSizeBound, encodeInto } from "../../stats/histogram/codec.ts";
import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import type {
  CheckCounts,
  ClassTasks,
  EncodedHistogram,
  EndpointReport,
  IterationCounts,
  ScalarReport,
  SchedulingReport,
  StartCounts,
  UnawaitedRequests,
} from "../../stats/interval-report.ts";
import type { LoadTotals } from "../../stats/load-totals.ts";
import { type EndpointTotals, listFailureKinds } from "../../stats/run-totals.ts";
import type { ScalarMetric } from "../../stats/scalar-metric.ts";
import type { StoredUsers, UserSecond, UsersBySecond } from "../../stats/users-by-second.ts";
import type { EndpointName } from "../endpoint-table.ts";

/** The columns of `windows` besides its key and size. */
export interface WindowRow {
  readonly completed: number;
  readonly failed: number;
  readonly interrupted: number;
  readonly dropped: number;
  readonly started: number;
  readonly failed_starts: number;
  readonly unawaited: string | null;
  readonly peak_users: number;
  readonly users: string;
  readonly user_seconds: string | null;
  readonly checks: string | null;
  readonly metrics: string | null;
  readonly tasks: string | null;
  readonly lag_count: number | null;
  readonly lag_min: number;
  readonly lag_max: number;
  readonly lag_sum: number;
  readonly lag: Uint8Array;
  readonly blocked_count: number;
  readonly blocked_min: number;
  readonly blocked_max: number;
  readonly blocked_sum: number;
  readonly blocked: Uint8Array;
}

/** The columns of `window_endpoints` besides the run and the window. */
export interface EndpointRow {
  readonly endpoint: number;
  readonly requests: number;
  readonly failure_kinds: string | null;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly service_count: number;
  readonly service_min: number;
  readonly service_max: number;
  readonly service_sum: number;
  readonly service: Uint8Array;
  readonly response_count: number | null;
  readonly response_min: number;
  readonly response_max: number;
  readonly response_sum: number;
  readonly response: Uint8Array;
  readonly phases: string | null;
}

export const windowColumns = `completed, failed, interrupted, dropped, started, failed_starts, unawaited, peak_users, users, user_seconds, checks, metrics, tasks,
  lag_count, lag_min, lag_max, lag_sum, lag, blocked_count, blocked_min, blocked_max, blocked_sum, blocked`;

export const endpointColumns = `endpoint, requests, failure_kinds, bytes_in, bytes_out,
  service_count, service_min, service_max, service_sum, service,
  response_count, response_min, response_max, response_sum, response, phases`;

export interface WindowReport {
  readonly iterations: IterationCounts;
  readonly starts: StartCounts;
  readonly unawaited: UnawaitedRequests[];
  readonly peakUsers: number;
  readonly users: StoredUsers["users"];
  readonly userSeconds?: readonly UserSecond[];
  readonly scheduling: SchedulingReport | null;
  readonly checks: CheckCounts[];
  readonly metrics: ScalarReport[];
  readonly tasks: ClassTasks[];
}

export function windowReportOf(row: WindowRow): WindowReport {
  const { completed, failed, interrupted, dropped } = row;
  const checks = JSON.parse(row.checks ?? "[]") as [string, number, number][];
  const metrics = JSON.parse(row.metrics ?? "[]") as [string, ScalarMetric][];
  const tasks = JSON.parse(row.tasks ?? "[]") as [string, string, [string, number][]][];
  const unawaited = JSON.parse(row.unawaited ?? "[]") as [string, number][];
  return {
    iterations: { completed, failed, interrupted, dropped },
    starts: { succeeded: row.started, failed: row.failed_starts },
    unawaited: unawaited.map(([name, requests]) => ({ name, requests })),
    peakUsers: row.peak_users,
    users: usersOf(JSON.parse(row.users) as ClassCounts),
    ...(row.user_seconds === null ? {} : { userSeconds: userSecondsOf(row.user_seconds) }),
    scheduling: schedulingOf(row),
    checks: checks.map(([name, passes, failures]) => ({ name, passes, failures })),
    metrics: metrics.map(([name, metric]) => ({ name, metric })),
    tasks: tasks.map(([scenario, className, counts]) => ({
      scenario,
      className,
      tasks: counts.map(([name, executions]) => ({ name, executions })),
    })),
  };
}

type ClassCounts = readonly (readonly [className: string, count: number])[];

function usersOf(counts: ClassCounts): StoredUsers["users"] {
  return counts.map(([className, count]) => ({ className, count }));
}

function userSecondsOf(json: string): UserSecond[] {
  const seconds = JSON.parse(json) as (readonly [atMs: number, peakUsers: number, ClassCounts])[];
  return seconds.map(([atMs, peakUsers, counts]) => ({ atMs, peakUsers, users: usersOf(counts) }));
}

/** The largest width of a window whose seconds are stored. No reports are expected of older seconds. */
const longestWithSecondsMs = 120_000;
/**
 * The maximum length of these seconds as JSON, in characters: enough for a minute with two classes. A long run has
 * 3,600 windows; most are merged, and no more reports are added to these.
 */
const mostSecondsText = 4_096;

/**
 * Returns the users of each second of a wide window, as JSON: reports of some of these seconds may still arrive. Null
 * if all seconds have the users of the fullest one, or if the text would be too long.
 */
export function userSecondsJson(users: UsersBySecond, widthMs: number): string | null {
  const { peak, byClass, seconds } = users;
  if (widthMs > longestWithSecondsMs) return null;
  const isFull = (second: UserSecond) =>
    second.peakUsers === peak &&
    second.users.length === byClass.size &&
    second.users.every(({ className, count }) => byClass.get(className) === count);
  if (seconds.length === widthMs / 1_000 && seconds.every(isFull)) return null;
  const text = JSON.stringify(
    seconds.map(({ atMs, peakUsers, users: counts }) => [
      ...[atMs, peakUsers],
      counts.map(({ className, count }) => [className, count]),
    ]),
  );
  return text.length > mostSecondsText ? null : text;
}

function schedulingOf(row: WindowRow): SchedulingReport | null {
  if (row.lag_count === null) return null;
  return {
    scheduleLag: encoded(row.lag_count, row.lag_min, row.lag_max, row.lag_sum, row.lag),
    blockedTime: encoded(row.blocked_count, row.blocked_min, row.blocked_max, row.blocked_sum, row.blocked),
  };
}

export function endpointReportOf(
  row: EndpointRow,
  { method, name }: Pick<EndpointName, "method" | "name">,
): EndpointReport {
  const failures = row.failure_kinds === null ? [] : (JSON.parse(row.failure_kinds) as [FailureKind, number][]);
  const phases = row.phases === null ? [] : (JSON.parse(row.phases) as [number, number, number, number][]);
  const { response_count, response_min, response_max, response_sum, response } = row;
  return {
    method,
    name,
    requests: row.requests,
    failures: failures.map(([kind, count]) => ({ kind, count })),
    bytesIn: row.bytes_in,
    bytesOut: row.bytes_out,
    serviceTime: encoded(row.service_count, row.service_min, row.service_max, row.service_sum, row.service),
    responseTime:
      response_count === null ? null : encoded(response_count, response_min, response_max, response_sum, response),
    phases: phases.map(([phase, requests, sumMicros, maxMicros]) => ({ phase, requests, sumMicros, maxMicros })),
  };
}

type HistogramColumns = [number, number, number, number, Uint8Array] | [null, null, null, null, null];
const noHistogram: HistogramColumns = [null, null, null, null, null];

/** Returns the values of `windowColumns` from `lag_count` on. */
export function schedulingValues({ scheduleLag, blockedTime }: LoadTotals): (number | Uint8Array | null)[] {
  if (scheduleLag.count + blockedTime.count === 0) return [...noHistogram, ...noHistogram];
  return [...histogramValues(scheduleLag), ...histogramValues(blockedTime)];
}

export function checksJson({ checks }: LoadTotals): string | null {
  if (checks.size === 0) return null;
  return JSON.stringify([...checks].map(([name, { passes, failures }]) => [name, passes, failures]));
}

export function metricsJson({ metrics }: LoadTotals): string | null {
  return metrics.size === 0 ? null : JSON.stringify([...metrics]);
}

export function tasksJson({ tasks }: LoadTotals): string | null {
  const classes = tasks.list();
  if (classes.length === 0) return null;
  return JSON.stringify(
    classes.map((one) => [one.scenario, one.className, one.tasks.map(({ name, executions }) => [name, executions])]),
  );
}

export function unawaitedJson({ unawaited }: LoadTotals): string | null {
  return unawaited.size === 0 ? null : JSON.stringify([...unawaited]);
}

/** Returns the values of `endpointColumns` after `endpoint`, and the total size of their histograms in bytes. */
export function endpointValues(totals: EndpointTotals): {
  values: (number | string | Uint8Array | null)[];
  bytes: number;
} {
  const { requests, failures, bytesIn, bytesOut } = totals;
  const kinds =
    failures === 0 ? null : JSON.stringify(listFailureKinds(totals).map(({ kind, count }) => [kind, count]));
  const service = histogramValues(totals.serviceTime);
  const response = totals.hasOwnResponseTime ? histogramValues(totals.responseTime) : noHistogram;
  const bytes = (service[4]?.length ?? 0) + (response[4]?.length ?? 0);
  return { values: [requests, kinds, bytesIn, bytesOut, ...service, ...response, phasesJson(totals)], bytes };
}

function phasesJson({ phases }: EndpointTotals): string | null {
  const sums = phases.list();
  if (sums.length === 0) return null;
  return JSON.stringify(
    sums.map(({ phase, requests, sumMicros, maxMicros }) => [phase, requests, sumMicros, maxMicros]),
  );
}

function histogramValues(histogram: CumulativeHistogram): HistogramColumns {
  const { count, minMicros, maxMicros, sumMicros } = histogram;
  const buffer = new Uint8Array(encodedSizeBound(histogram));
  return [count, minMicros, maxMicros, sumMicros, buffer.subarray(0, encodeInto(histogram, buffer, 0))];
}

function encoded(
  count: number,
  minMicros: number,
  maxMicros: number,
  sumMicros: number,
  bytes: Uint8Array,
): EncodedHistogram {
  return { count, minMicros, maxMicros, sumMicros, bytes };
}
