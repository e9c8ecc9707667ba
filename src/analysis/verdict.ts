import { type ExitCode, exitCodes } from "../core/errors.ts";
import { describeThreshold } from "../core/thresholds/describe.ts";
import { evaluateThreshold, type ThresholdOutcome } from "../core/thresholds/evaluate.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { RunTotals } from "../stats/run-totals.ts";
import { percentileConfidence } from "./closeness.ts";
import type { GeneratorHealth } from "./health/generator-health.ts";
import { describeFinding } from "./health/health-finding.ts";
import { histogramOf, metricSourceOf, type RunMeasurements } from "./metric-source.ts";

export type VerdictWord = "passed" | "failed" | "invalid" | "aborted";

/** Why a run did not carry out its plan. */
export interface EarlyEnd {
  readonly verdict: "aborted" | "failed" | "invalid";
  readonly exitCode: ExitCode;
  readonly reason: string;
}

/**
 * The first threshold with `abortOnFail` that does not hold now, in words; null when all hold. What has no data yet is
 * given time.
 */
export function breachOf(thresholds: readonly Threshold[], run: RunMeasurements): string | null {
  const due = thresholds.filter(({ abortFromMs }) => abortFromMs !== null && run.durationMs >= abortFromMs);
  if (due.length === 0) return null;
  const source = metricSourceOf(run);
  for (const threshold of due) {
    const outcome = evaluateThreshold(threshold, source);
    if (!outcome.passed && !outcome.noData) return describeThreshold(threshold, outcome);
  }
  return null;
}

export interface Verdict {
  readonly verdict: VerdictWord;
  readonly exitCode: ExitCode;
  /** For a person, the weightiest first; empty when the run passed. */
  readonly reasons: readonly string[];
  readonly thresholds: readonly JudgedThreshold[];
}

export interface JudgedThreshold extends ThresholdOutcome {
  /** The percentile may as well lie on the other side of its bound: another run could end the other way. */
  readonly close: boolean;
}

/**
 * Decides a run. An early end comes first (its thresholds are shown, but a cut run proves nothing), then a run without
 * data and one that its own generator has spoiled (invalid), then the thresholds.
 */
export function decide(
  thresholds: readonly Threshold[],
  run: RunMeasurements,
  earlyEnd: EarlyEnd | null,
  health: Pick<GeneratorHealth, "findings"> = { findings: [] },
): Verdict {
  const source = metricSourceOf(run);
  const outcomes = thresholds.map((threshold) => ({
    ...evaluateThreshold(threshold, source),
    close: isClose(threshold, run.totals),
  }));
  const missed = thresholds.flatMap((threshold, position) => {
    const outcome = outcomes[position];
    return outcome === undefined || outcome.passed ? [] : [describeThreshold(threshold, outcome)];
  });
  const spoiled = spoiledBy(health);
  // A breach that a sick generator may have brought about is not the service's.
  if (earlyEnd !== null && !(earlyEnd.verdict === "failed" && spoiled.length > 0)) {
    const { verdict, exitCode, reason } = earlyEnd;
    return { verdict, exitCode, reasons: [reason], thresholds: outcomes };
  }
  const { completedIterations, failedIterations } = run.totals;
  if (completedIterations === failedIterations && run.totals.merged().requests === 0) {
    const what = completedIterations === 0 ? "no iteration was completed" : "the test's code threw in every iteration";
    const reason = `too little data: ${what}, and no request was made`;
    return { verdict: "invalid", exitCode: exitCodes.invalid, reasons: [reason], thresholds: outcomes };
  }
  if (spoiled.length > 0) {
    const reasons = earlyEnd === null ? spoiled : [...spoiled, earlyEnd.reason];
    return { verdict: "invalid", exitCode: exitCodes.invalid, reasons, thresholds: outcomes };
  }
  if (missed.length > 0) {
    return { verdict: "failed", exitCode: exitCodes.thresholdFailed, reasons: missed, thresholds: outcomes };
  }
  return { verdict: "passed", exitCode: exitCodes.passed, reasons: [], thresholds: outcomes };
}

function spoiledBy({ findings }: Pick<GeneratorHealth, "findings">): string[] {
  return findings.filter(({ severity }) => severity === "invalid").map(describeFinding);
}

function isClose(threshold: Threshold, totals: RunTotals): boolean {
  const { metric } = threshold.selector;
  const histogram = histogramOf(metric.name, threshold.selector, totals);
  return histogram !== undefined && percentileConfidence(threshold, histogram)?.close === true;
}
