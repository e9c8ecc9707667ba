import { type ExitCode, exitCodes } from "../core/errors.ts";
import { describeThreshold } from "../core/thresholds/describe.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import { judgeCapacity } from "./capacity/capacity-verdict.ts";
import { describeCut, wasCutShort } from "./cut-short.ts";
import { judgeDrift } from "./drift/drift-result.ts";
import type { EarlyEnd } from "./early-end.ts";
import { type DelayedTime, delayWithin, describeDelay, type GeneratorDelay } from "./health/generator-delay.ts";
import type { GeneratorHealth } from "./health/generator-health.ts";
import { describeFinding, type HealthFinding } from "./health/health-finding.ts";
import type { JudgedThreshold } from "./judged-threshold.ts";
import { describeUnmade, mayHoldWithLoad } from "./load/unmade-load.ts";
import type { RunMeasurements } from "./metric-source.ts";
import { isObservedThreshold } from "./observed/observed-threshold.ts";
import type { RunAnalyses } from "./run-analyses.ts";
import { spikeFailures } from "./spike/spike-result.ts";
import { mayBeStalled } from "./stalled-threshold.ts";
import { ThresholdSpans } from "./threshold-spans.ts";
import { timeOfLoad } from "./unjudged-time.ts";
import { unmatchedSelector } from "./unmatched-selector.ts";
import { nothingMeasured, workMissing } from "./work-done.ts";

export type VerdictWord = "passed" | "failed" | "invalid" | "aborted";

/**
 * Describes the first threshold with `abortOnFail` that fails now; null if all hold. A threshold without data yet does not
 * fail.
 */
export function breachOf(
  thresholds: readonly Threshold[],
  spans: Pick<ThresholdSpans, "current" | "judgedToMs">,
): string | null {
  for (const threshold of thresholds) {
    const { abortFromMs } = threshold;
    if (abortFromMs === null || spans.judgedToMs < abortFromMs) continue;
    const outcome = spans.current(threshold);
    if (hasMeasuredFailure(outcome)) return describeThreshold(threshold, outcome);
  }
  return null;
}

/** A single stall of at least this length makes a second of a spike look bad. */
const spoiledSecondMs = 500;

export interface Verdict {
  readonly verdict: VerdictWord;
  readonly exitCode: ExitCode;
  /** The reasons for a person, the most important first; empty if the run passed. */
  readonly reasons: readonly string[];
  readonly thresholds: readonly JudgedThreshold[];
}

/**
 * Decides the verdict of a run. The order is: an early end (its thresholds are shown, but an interrupted run proves
 * nothing), no data, or a load generator that spoiled the measurements (invalid), thresholds that were not judged and
 * work that is missing, such as users that did not start (invalid, unless another threshold failed on data), failed
 * thresholds.
 */
export function decide(
  thresholds: readonly Threshold[],
  run: RunMeasurements,
  earlyEnd: EarlyEnd | null,
  health: Pick<GeneratorHealth, "findings"> & { readonly delays?: readonly DelayedTime[] } = { findings: [] },
  spans: Pick<ThresholdSpans, "final"> = new ThresholdSpans(thresholds),
): Verdict {
  const delay = delayWithin(health.delays ?? [], 0, timeOfLoad(run.durationMs, run.pauses));
  const outcomes = thresholds.map((threshold) => finalOutcome(threshold, run, spans, delay));
  const missed = thresholds.flatMap((threshold, position) => {
    const outcome = outcomes[position];
    if (outcome === undefined || outcome.passed || outcome.unobserved !== undefined) return [];
    const why = outcome.unmatched === undefined ? "" : `: ${outcome.unmatched}`;
    return [`${describeThreshold(threshold, outcome)}${why}`];
  });
  const unobserved = outcomes.flatMap((outcome) => outcome.unobserved ?? []);
  // A measured failure is a failure of the service even if users or reports are missing; missing data is not.
  const hasFailed = outcomes.some(hasMeasuredFailure);
  const spoiled = spoiledBy(health, hasFailed);
  // A breach that an overloaded generator may have caused is not a failure of the service.
  if (earlyEnd !== null && !(earlyEnd.verdict === "failed" && spoiled.length > 0)) {
    const { verdict, exitCode, reason } = earlyEnd;
    return { verdict, exitCode, reasons: [reason], thresholds: outcomes };
  }
  const nothing = nothingMeasured(run.totals, outcomes);
  if (nothing !== null) {
    return { verdict: "invalid", exitCode: exitCodes.invalid, reasons: [nothing], thresholds: outcomes };
  }
  if (spoiled.length > 0) {
    const reasons = earlyEnd === null ? spoiled : [...spoiled, earlyEnd.reason];
    return { verdict: "invalid", exitCode: exitCodes.invalid, reasons, thresholds: outcomes };
  }
  const unknown = hasFailed ? null : unknownBecause(outcomes, delay, run);
  if (unknown !== null) {
    return { verdict: "invalid", exitCode: exitCodes.invalid, reasons: [...unknown, ...missed], thresholds: outcomes };
  }
  const missing = workMissing(run, thresholds);
  if (missing !== null && !hasFailed) {
    return { verdict: "invalid", exitCode: exitCodes.invalid, reasons: [missing, ...missed], thresholds: outcomes };
  }
  if (missed.length > 0) {
    const reasons = [...missed, ...unobserved, ...(missing === null ? [] : [missing])];
    return { verdict: "failed", exitCode: exitCodes.thresholdFailed, reasons, thresholds: outcomes };
  }
  return { verdict: "passed", exitCode: exitCodes.passed, reasons: [], thresholds: outcomes };
}

function finalOutcome(
  threshold: Threshold,
  run: RunMeasurements,
  spans: Pick<ThresholdSpans, "final">,
  delay: GeneratorDelay,
): JudgedThreshold {
  const { cutShort = null } = run;
  if (isObservedThreshold(threshold)) {
    const outcome = spans.final(threshold, run);
    if (cutShort === null || !wasCutShort(threshold, outcome, cutShort.atMs)) return outcome;
    const { unobserved: _, ...rest } = outcome;
    return { ...rest, cutShort: true };
  }
  const unmatched = unmatchedSelector(threshold.selector, run.totals);
  const outcome = spans.final(threshold, run);
  const isStalled = threshold.span === null && mayBeStalled(threshold, outcome, run, delay);
  const part = { fromMs: threshold.span?.fromMs ?? 0, toMs: Number.POSITIVE_INFINITY, isWindow: false };
  const isCutShort = cutShort !== null && wasCutShort(threshold, outcome, cutShort.atMs);
  const isUnmade = threshold.span?.windowMs == null && mayHoldWithLoad(threshold, outcome.value, run.unmade, part);
  return {
    ...outcome,
    ...(isStalled ? { stalled: true } : {}),
    ...(isUnmade && !outcome.passed ? { unmade: true } : {}),
    ...(isCutShort ? { cutShort: true } : {}),
    ...(unmatched === null ? {} : { unmatched }),
  };
}

export function hasMeasuredFailure(outcome: JudgedThreshold): boolean {
  const { passed, noData, stalled, cutShort, unmade, unobserved, open } = outcome;
  const isUnknown = stalled ?? cutShort ?? unmade ?? unobserved ?? open;
  return !passed && !noData && isUnknown === undefined;
}

/** Returns the reasons, besides the thresholds, why it is not known whether the failed thresholds could hold; null if it is known. */
function unknownBecause(
  outcomes: readonly JudgedThreshold[],
  delay: GeneratorDelay,
  { cutShort: cut, unmade }: Pick<RunMeasurements, "cutShort" | "unmade">,
): readonly string[] | null {
  const unobserved = outcomes.flatMap((outcome) => outcome.unobserved ?? []);
  if (unobserved.length > 0) return unobserved;
  if (cut != null && outcomes.some(({ cutShort }) => cutShort)) return [describeCut(cut)];
  if (unmade != null && outcomes.some((outcome) => outcome.unmade)) return [describeUnmade(unmade)];
  if (outcomes.some(({ stalled }) => stalled)) return [describeDelay(delay)];
  return outcomes.some(isUnjudged) ? [] : null;
}

/** Whether a threshold has no outcome because none of its windows could be judged. */
function isUnjudged({ passed, noData, span }: JudgedThreshold): boolean {
  return !passed && noData && span?.windows?.judged === 0 && span.windows.unjudged !== undefined;
}

/** Returns the findings that spoil the result. Load in excess of the plan spoils a failure, but not a pass. */
function spoiledBy({ findings }: Pick<GeneratorHealth, "findings">, hasFailed: boolean): string[] {
  const isSpoiled = ({ severity, kind }: HealthFinding) => severity === "invalid" || (kind === "surplus" && hasFailed);
  return findings.filter(isSpoiled).map(describeFinding);
}

/**
 * Adds the results of the analyses to the verdict: they fail a run whose thresholds hold, and add reasons to a failed
 * one. A run for which an analysis could not judge what it was asked to judge has not passed: it is invalid, unless
 * something else failed. If a service has not recovered after a spike, and the generator stalled after the rise of the
 * spike, it is not known whether the service failed.
 * @param isWhole whether the run was completed, or ended by its user; otherwise the reason for its end decides the
 * verdict
 * @param delays the times in which the generator was late
 */
export function withAnalyses(
  verdict: Verdict,
  { spike, drift, capacity }: RunAnalyses,
  isWhole: boolean,
  delays: readonly DelayedTime[] = [],
): Verdict {
  if (!isWhole || (verdict.verdict !== "passed" && verdict.verdict !== "failed")) return verdict;
  const judged = [capacity === null ? null : judgeCapacity(capacity), drift === null ? null : judgeDrift(drift)];
  const invalid = judged.flatMap((one) => (one?.verdict === "invalid" ? one.reasons : []));
  if (invalid.length > 0) return { ...verdict, verdict: "invalid", exitCode: exitCodes.invalid, reasons: invalid };
  const spiked = spike === null ? [] : spikeFailures(spike);
  const stalledMs = longestStallSince(spike?.spikes[0], delays);
  if (spiked.length > 0 && verdict.verdict === "passed" && stalledMs >= spoiledSecondMs) {
    const reasons = [describeDelay({ stalledMs, delayMs: 0 }), ...spiked];
    return { ...verdict, verdict: "invalid", exitCode: exitCodes.invalid, reasons };
  }
  const failures = [...judged.flatMap((one) => (one?.verdict === "failed" ? one.reasons : [])), ...spiked];
  const notJudged = [
    ...judged.flatMap((one) => (one?.verdict === "not-judged" ? one.reasons : [])),
    ...(spike?.notJudged ?? []),
  ];
  if (failures.length === 0) {
    if (notJudged.length === 0) return verdict;
    if (verdict.verdict === "failed") return { ...verdict, reasons: [...verdict.reasons, ...notJudged] };
    return { ...verdict, verdict: "invalid", exitCode: exitCodes.invalid, reasons: notJudged };
  }
  const { thresholdFailed: exitCode } = exitCodes;
  return { ...verdict, verdict: "failed", exitCode, reasons: [...failures, ...verdict.reasons, ...notJudged] };
}

/** The longest single stall since the rise of a spike, in ms. */
function longestStallSince(spike: { readonly riseMs: number } | undefined, delays: readonly DelayedTime[]): number {
  const since = delays.filter(({ toMs }) => toMs > (spike?.riseMs ?? 0));
  return since.reduce((longest, { stalledMs }) => Math.max(longest, stalledMs), 0);
}
