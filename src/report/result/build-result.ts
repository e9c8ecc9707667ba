import { noAnalyses, type RunAnalyses } from "../../analysis/run-analyses.ts";
import type { Verdict } from "../../analysis/verdict.ts";
import { fewUsersMissing } from "../../analysis/work-done.ts";
import { phaseNames } from "../../core/request-phase.ts";
import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { overflowName } from "../../stats/interval-report.ts";
import { type EndpointTotals, listFailureKinds, type RunTotals } from "../../stats/run-totals.ts";
import { awaitAdvice, describeCode } from "../../stats/unawaited-words.ts";
import { count, rounded } from "../numbers.ts";
import { distributionOf } from "./distribution-of.ts";
import { ownMetrics, reconnectCount } from "./own-metrics.ts";
import type { Distribution, EndpointResult, PhasesResult, Result } from "./result-schema.ts";

const shownUnawaited = 5;

/** What measurements say about the test itself, beside the verdict. */
export function measuredWarnings(totals: RunTotals): string[] {
  const { failedIterations, completedIterations } = totals;
  const threw = `the test's code threw in ${failedIterations} of ${completedIterations} iterations`;
  const missing = fewUsersMissing(totals);
  return [
    ...(failedIterations === 0 ? [] : [threw]),
    ...(missing === null ? [] : [missing]),
    ...unawaitedOf(totals),
    ...overflowsOf(totals),
  ];
}

/** Code that does not wait for its requests: one user makes many at a time then, and nothing paces them. */
function unawaitedOf({ unawaited }: RunTotals): string[] {
  const most = [...unawaited].sort(([, a], [, b]) => b - a);
  const named = most.slice(0, shownUnawaited).map(([name, requests]) => {
    const what = requests === 1 ? "one of its requests" : `its ${count(requests)} requests`;
    return `${describeCode(name)} ended before ${what}: ${awaitAdvice}`;
  });
  const left = most.length - named.length;
  return left > 0 ? [...named, `${left} more tasks ended before their requests: ${awaitAdvice}`] : named;
}

/** What was counted together because there was too much of it to be kept apart. */
function overflowsOf(totals: RunTotals): string[] {
  const kinds: [what: string, isThere: boolean][] = [
    ["endpoint names: give requests a `name`", totals.endpoints().some(({ name }) => name === overflowName)],
    ["tasks", totals.tasks.hasOverflow],
    ["names of checks", totals.checks.has(overflowName)],
    ["distinct errors", totals.errors().some(({ name, method }) => name === overflowName && method === "")],
  ];
  return kinds.flatMap(([what, isThere]) =>
    isThere ? `too many ${what}; the rest is counted as ${overflowName}` : [],
  );
}

/** What a result is made of: the run's facts as they stand in the result, its totals, and its verdict. */
export interface ResultInput {
  readonly run: Result["run"];
  readonly verdict: Verdict;
  readonly totals: RunTotals;
  readonly analyses?: RunAnalyses;
  readonly rest: Pick<
    Result,
    "warnings" | "events" | "lifecycleRequests" | "peakUsers" | "users" | "workers" | "ledger"
  >;
}

/** Makes the result from what was merged. */
export function buildResult({ run, verdict, totals, analyses = noAnalyses, rest }: ResultInput): Result {
  const seconds = run.durationMs / 1_000;
  const metrics = ownMetrics(totals, seconds);
  return {
    schema: "muster-result/1",
    run,
    verdict: verdict.verdict,
    exitCode: verdict.exitCode,
    reasons: [...verdict.reasons],
    warnings: rest.warnings,
    events: rest.events,
    total: endpointResult(totals.merged(), seconds),
    endpoints: totals.endpoints().map((endpoint) => endpointResult(endpoint, seconds)),
    lifecycleRequests: rest.lifecycleRequests,
    iterations: totals.completedIterations,
    failedIterations: totals.failedIterations,
    interruptedIterations: totals.interruptedIterations,
    droppedIterations: totals.droppedIterations,
    reconnects: reconnectCount(totals),
    startedUsers: totals.startedUsers,
    failedStarts: totals.failedStarts,
    unawaitedRequests: [...totals.unawaited].map(([name, requests]) => ({ name, requests })),
    tasks: totals.tasks.list().map(({ tasks, ...of }) => ({ ...of, tasks: [...tasks] })),
    scheduleLagMs: scheduling(totals.scheduleLag),
    blockedTimeMs: scheduling(totals.blockedTime),
    peakUsers: rest.peakUsers,
    users: rest.users,
    thresholds: verdict.thresholds.map(({ noData: _, ...threshold }) => threshold),
    capacity: analyses.capacity,
    drift: analyses.drift,
    spike: analyses.spike,
    checks: [...totals.checks].map(([name, counts]) => ({ name, ...counts })),
    ...(metrics.length === 0 ? {} : { metrics }),
    errors: totals.errors().map((error) => ({ ...error })),
    workers: rest.workers,
    ledger: rest.ledger,
  };
}

function endpointResult(totals: EndpointTotals, seconds: number): EndpointResult {
  return {
    method: totals.method,
    name: totals.name,
    requests: totals.requests,
    failures: totals.failures,
    failureKinds: Object.fromEntries(listFailureKinds(totals).map(({ kind, count }) => [kind, count])),
    requestsPerSecond: seconds > 0 ? rounded(totals.requests / seconds) : 0,
    bytesIn: totals.bytesIn,
    bytesOut: totals.bytesOut,
    serviceTimeMs: distributionOf(totals.serviceTime),
    responseTimeMs: distributionOf(totals.responseTime),
    phasesMs: phasesOf(totals),
  };
}

function phasesOf({ phases, requests }: EndpointTotals): PhasesResult {
  const entries = phaseNames.map((name, position) => {
    const sum = phases.of(position);
    const mean = requests === 0 ? 0 : rounded(sum.sumMicros / requests / 1_000);
    return [name, { requests: sum.requests, mean, max: sum.maxMicros / 1_000 }];
  });
  return Object.fromEntries(entries) as PhasesResult;
}

/** Null without an open load. */
function scheduling(histogram: CumulativeHistogram): Distribution | null {
  return histogram.count === 0 ? null : distributionOf(histogram);
}
