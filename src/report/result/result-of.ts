import { earlyEndOf } from "../../analysis/early-end.ts";
import { delaysOf } from "../../analysis/health/generator-delay.ts";
import { type GeneratorHealth, generatorHealth } from "../../analysis/health/generator-health.ts";
import type { StalledRequests } from "../../analysis/health/generator-run.ts";
import { unsentIn } from "../../analysis/health/unsent-requests.ts";
import { resizedTimes } from "../../analysis/load/interrupted-times.ts";
import { idleIn, lossesIn } from "../../analysis/load/load-findings.ts";
import type { ScenarioLoad } from "../../analysis/load/scenario-load.ts";
import { analyse, noAnalyses, type RunAnalyses } from "../../analysis/run-analyses.ts";
import { decide, type Verdict, withAnalyses } from "../../analysis/verdict.ts";
import { exitCodes } from "../../core/errors.ts";
import { writtenKind } from "../../core/measure-kind.ts";
import { rampEndMs } from "../../core/plan/plan.ts";
import { hideSecretsIn } from "../../core/redaction/known-secrets.ts";
import { streamsOf } from "../../stats/stream-totals.ts";
import { costResult } from "../cost-result.ts";
import { rounded } from "../numbers.ts";
import { observedResult, observedWarnings } from "../observed/observed-result.ts";
import { dataResult } from "./data-result.ts";
import { endpointResult, groupResult, scheduling, streamResult } from "./endpoint-result.ts";
import { errorResult } from "./error-result.ts";
import { healthResult, healthWarnings } from "./health-result.ts";
import { measuredWarnings, unverifiedWarnings } from "./measured-warnings.ts";
import { ownMetrics, reconnectCount, retryCount } from "./own-metrics.ts";
import type { Result } from "./result-schema.ts";
import { measurementsOf, type ResultFacts, type RunData } from "./run-data.ts";

/** The number of most frequent errors whose failed requests a result shows. */
const mostSampledErrors = 20;

/** The number of stalls that a result lists. */
const mostStalls = 100;

/**
 * Computes the result of a run: verdict, exit code and all figures. Every result is computed here, from the data of a
 * master or of the store, whether the run has ended or not. All secrets that this process knows are masked in it.
 */
export function resultOf(data: RunData): Result {
  return hideSecretsIn(wholeResult(data));
}

function wholeResult(data: RunData): Result {
  const { facts, totals, users, ledger } = data;
  const early = earlyEndOf(data.ending);
  const generator = generatorOf(data);
  const analyses = analysesOf(data);
  const delays = delaysOf(data.health.values(), data.facts.stallLimitMs);
  const decided = decide(facts.thresholds, measurementsOf(data), early, { ...generator, delays }, data.spans);
  const verdict = withLostAnalyses(withAnalyses(decided, analyses, early === null, delays), lostAnalyses(data));
  const durationMs = Math.round(data.durationMs);
  const loadMs = data.loadMs === null ? null : Math.round(data.loadMs);
  const seconds = (loadMs ?? durationMs) / 1_000;
  const metrics = ownMetrics(totals, seconds);
  const stalls = stallsOf(data);
  const retries = retryCount(totals);
  const streams = streamsOf(totals).map((stream) => streamResult(stream, seconds));
  const groups = totals.groups().map((group) => groupResult(group, seconds));
  return {
    schema: "muster-result/1",
    run: {
      id: data.id,
      test: data.testName,
      profile: data.profile,
      host: data.host,
      startedAt: data.startedAt,
      durationMs,
      ...(loadMs === null ? {} : { loadMs }),
      workers: data.workers.length,
      seed: facts.seed,
      musterVersion: facts.musterVersion,
      ...(facts.unverified.length === 0 ? {} : { insecure: [...facts.unverified] }),
    },
    verdict: verdict.verdict,
    exitCode: verdict.exitCode,
    reasons: [...verdict.reasons],
    warnings: [
      ...unverifiedWarnings(facts.unverified),
      ...data.warnings,
      ...measuredWarnings(totals),
      ...healthWarnings(generator),
      ...observedWarnings(data.observed),
    ],
    events: data.events.map(({ atMs, kind, text }) => ({ atMs, kind, text })),
    total: endpointResult(totals.merged(), seconds),
    endpoints: totals.endpoints().map((endpoint) => endpointResult(endpoint, seconds, totals.slowestOf(endpoint))),
    ...(groups.length === 0 ? {} : { groups }),
    ...(streams.length === 0 ? {} : { streams }),
    ...usesOf(data),
    lifecycleRequests: lifecycleRequestsOf(data),
    iterations: totals.completedIterations,
    failedIterations: totals.failedIterations,
    interruptedIterations: totals.interruptedIterations,
    droppedIterations: totals.droppedIterations,
    reconnects: reconnectCount(totals),
    ...(retries === 0 ? {} : { retries }),
    startedUsers: totals.startedUsers,
    failedStarts: totals.failedStarts,
    unawaitedRequests: [...totals.unawaited].map(([name, requests]) => ({ name, requests })),
    tasks: totals.tasks.list().map(({ tasks, ...of }) => ({ ...of, tasks: [...tasks] })),
    ...(data.load === null ? {} : { load: data.load.map(loadResult) }),
    scheduleLagMs: scheduling(totals.scheduleLag),
    blockedTimeMs: scheduling(totals.blockedTime),
    peakUsers: users.peak,
    users: Object.fromEntries(facts.classes.map(({ name }) => [name, users.peakByClass.get(name) ?? 0])),
    thresholds: verdict.thresholds.map(({ noData: _, ...threshold }) => threshold),
    capacity: analyses.capacity,
    drift: analyses.drift,
    spike: analyses.spike,
    ...(analyses.saturation === null ? {} : { saturation: analyses.saturation }),
    checks: [...totals.checks].map(([name, counts]) => ({ name, ...counts })),
    ...(stalls.length === 0 ? {} : { stalls }),
    ...(metrics.length === 0 ? {} : { metrics }),
    ...(data.observed.sources.length === 0 ? {} : { observed: observedResult(data.observed) }),
    errors: totals.errors().map((error, position) => errorResult(error, position < mostSampledErrors)),
    workers: data.workers.map(({ lostBecause, ...worker }) => ({
      ...worker,
      startSkewMs: rounded(worker.startSkewMs),
      lost: lostBecause !== null,
      health: healthResult(data.health.get(worker.number)),
    })),
    ledger: {
      reports: ledger.reports,
      duplicates: ledger.duplicates,
      missing: ledger.missing.map((gap) => ({ ...gap, fromMs: rounded(gap.fromMs), toMs: rounded(gap.toMs) })),
    },
  };
}

/** Returns how much of its data rows and of its budget the run used. */
function usesOf({ data, facts, permitsUsed }: RunData): Pick<Result, "data" | "cost"> {
  return {
    ...(data.length === 0 ? {} : { data: data.map(dataResult) }),
    ...(facts.cost === null ? {} : { cost: costResult(facts.cost, permitsUsed) }),
  };
}

/** Returns the requests that are not part of the load, in the order in which a run sends them. */
function lifecycleRequestsOf({ totals, lifecycleRequests }: RunData): Result["lifecycleRequests"] {
  const ofOnStop = totals.endpointsOfOnStop().map(({ method, name, requests, failures }) => {
    return { phase: "onStop" as const, method: writtenKind(method), name, requests, failures };
  });
  const before = lifecycleRequests.filter(({ phase }) => phase === "setup");
  return [...before, ...ofOnStop, ...lifecycleRequests.filter(({ phase }) => phase !== "setup")];
}

function analysesOf(data: RunData): RunAnalyses {
  const { facts, loadEndedMs: durationMs, steering, search, windows, health, ledger, events, observed } = data;
  if (facts.asked === null) return noAnalyses;
  const { missing } = ledger;
  const resizedMs = resizedTimes(events, facts.onWorkerLoss);
  return analyse(facts.asked, {
    durationMs,
    steering,
    search,
    windows,
    workers: [...health.values()],
    missing,
    resizedMs,
    events,
    observed,
  });
}

/** Returns the analyses that the run requested but whose windows are lost. */
function lostAnalyses({ facts, areWindowsLost = false }: RunData): string[] {
  if (!areWindowsLost || facts.asked === null) return [];
  const { spike, drift } = facts.asked;
  return [...(spike === null ? [] : ["spike"]), ...(drift === null ? [] : ["drift"])];
}

/** Returns the verdict of a run with lost analyses: it cannot pass, and a failed run stays failed. */
function withLostAnalyses(verdict: Verdict, lost: readonly string[]): Verdict {
  if (lost.length === 0 || (verdict.verdict !== "passed" && verdict.verdict !== "failed")) return verdict;
  const reason = `not judged: ${lost.join(" and ")}, because the seconds of the run were lost with its store`;
  if (verdict.verdict === "failed") return { ...verdict, reasons: [...verdict.reasons, reason] };
  return { ...verdict, verdict: "invalid", exitCode: exitCodes.invalid, reasons: [reason] };
}

/** Returns whether the workers could generate the load. A search exceeds their limits on purpose, and judges each trial itself. */
function generatorOf(data: RunData): GeneratorHealth {
  const { facts, totals, loadEndedMs } = data;
  const isSearch = facts.asked !== null && facts.asked.search !== null;
  const policy = isSearch && facts.onWorkerStrain === "invalid" ? "warn" : facts.onWorkerStrain;
  const { responseTime } = totals.merged();
  const steadyFromMs = facts.steadyFromMs ?? plannedRampEndMs(facts.plan, loadEndedMs);
  const run = {
    workers: [...data.health.values()],
    p95Ms: responseTime.count === 0 ? null : responseTime.percentileMicros(95) / 1_000,
    // A load that only ramps up is judged as a whole.
    steadyFromMs: steadyFromMs < loadEndedMs ? steadyFromMs : 0,
    steadyToMs: loadEndedMs,
    // A search asks for more load than can be generated, and judges each trial by the load that was generated in it.
    load: isSearch ? [] : (data.load ?? []),
    losses: lossesIn(data.events),
    idle: idleIn(data.events),
    onWorkerLoss: facts.onWorkerLoss,
    unsent: unsentIn(totals),
    stalled: stalledOf(data),
  };
  return generatorHealth(run, policy);
}

function loadResult({
  scenario,
  unit,
  planned,
  made,
  late,
  dropped,
}: ScenarioLoad): NonNullable<Result["load"]>[number] {
  return {
    scenario,
    unit,
    planned: rounded(planned),
    made: rounded(made),
    late: rounded(late),
    dropped: rounded(dropped),
  };
}

/** Returns the end of the ramp for runs stored before `steadyFromMs` existed, from the plan of all scenarios together. */
function plannedRampEndMs(plan: ResultFacts["plan"], durationMs: number): number {
  const values = plan.users ?? plan.ratePerSecond ?? [];
  return rampEndMs({
    points: values.map((value, position) => ({ atMs: plan.atMs[position] ?? 0, value })),
    durationMs,
  });
}

/** Lists the longest stalls of the workers, in order of time. */
function stallsOf({ health, facts }: Pick<RunData, "health" | "facts">): NonNullable<Result["stalls"]> {
  const all = [...health].flatMap(([worker, { samples }]) =>
    samples
      .filter(({ loopDelayMaxMs }) => loopDelayMaxMs >= facts.stallLimitMs)
      .map(({ atMs, widthMs, loopDelayMaxMs }) => ({ worker, atMs, widthMs, longestMs: rounded(loopDelayMaxMs) })),
  );
  const longest = all.sort((a, b) => b.longestMs - a.longestMs).slice(0, mostStalls);
  return longest.sort((a, b) => a.atMs - b.atMs || a.worker - b.worker);
}

function stalledOf(data: RunData): StalledRequests {
  const { requests, stalledRequests: count } = data.totals.merged();
  const [longest] = stallsOf(data).sort((a, b) => b.longestMs - a.longestMs);
  if (longest === undefined) return { count, requests, longest: null };
  const { worker, longestMs: stalledMs, atMs } = longest;
  return { count, requests, longest: { worker: `worker ${worker}`, stalledMs, atMs } };
}
