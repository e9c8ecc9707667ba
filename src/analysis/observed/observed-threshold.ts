import { describeCondition } from "../../core/thresholds/describe.ts";
import { evaluateThreshold } from "../../core/thresholds/evaluate.ts";
import { observedMetric, sourceOfMetric } from "../../core/thresholds/metrics.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import type { Observed, ObservedSample } from "../../stats/observed-series.ts";
import { type JudgedThreshold, withoutData } from "../judged-threshold.ts";
import { isUpperBound, isWorse } from "../rolling-threshold.ts";
import { touches, type UnjudgedTime } from "../unjudged-time.ts";
import { describeMissing } from "./missing-values.ts";
import { SampleRange } from "./sample-range.ts";

const secondMs = 1_000;
/** The share of the values due in a part of a run that must exist for the part to be judged. */
const leastShare = 0.5;

export function isObservedThreshold({ selector }: Pick<Threshold, "selector">): boolean {
  return selector.metric.name === observedMetric;
}

/**
 * Judges a threshold on an observed metric by the values that were read: over the run, over a part of it, or in each
 * window of the threshold's length, one starting at each second. Too few values give no judgement, unless further values
 * could not change the outcome.
 */
export class ObservedThreshold {
  readonly #threshold: Threshold;
  readonly #metric: string;
  readonly #fromMs: number;
  readonly #windowMs: number | null;
  /** The values of the latest window, or of the run up to now. */
  readonly #range: SampleRange;
  /** The start of the next window to judge. */
  #nextMs: number;
  #judged = 0;
  /** The number of windows that touch an unjudged time, and the number of windows with too few values. */
  #leftOut = 0;
  #missing = 0;
  #broken = 0;
  #worst: { readonly outcome: JudgedThreshold; readonly startMs: number } | null = null;
  #latest: JudgedThreshold | null = null;

  constructor(threshold: Threshold) {
    this.#threshold = threshold;
    this.#metric = threshold.selector.conditions[0]?.value ?? "";
    this.#fromMs = threshold.span?.fromMs ?? 0;
    this.#windowMs = threshold.span?.windowMs ?? null;
    this.#nextMs = this.#fromMs;
    this.#range = this.#newRange();
  }

  /**
   * Judges the windows that end by `toMs`, each once; without a window, reads the values up to that time.
   * @param unjudged windows that touch these times are left out
   */
  advance(observed: Observed, toMs: number, unjudged: readonly UnjudgedTime[] = []): void {
    if (this.#windowMs === null) this.#range.moveTo(this.#samplesOf(observed), this.#fromMs, toMs);
    else this.#judgeWindows(observed, this.#windowMs, toMs, unjudged);
  }

  /**
   * The outcome up to `toMs`, which must not decrease from call to call; with a window, the outcome of the latest window
   * that could be judged.
   */
  current(observed: Observed, toMs: number, unjudged: readonly UnjudgedTime[] = []): JudgedThreshold {
    this.advance(observed, toMs, unjudged);
    if (this.#windowMs === null) {
      const outcome = this.#judge(observed, this.#range, toMs, 0);
      return !outcome.passed && this.#mayStillHold ? { ...outcome, open: true } : outcome;
    }
    return this.#latest ?? this.#withReason(withoutData(this.#threshold), observed, this.#missing > 0);
  }

  /** The outcome over all windows that end by `toMs`; without a window, over all values up to that time. */
  final(observed: Observed, toMs: number, unjudgedTimes: readonly UnjudgedTime[] = []): JudgedThreshold {
    if (this.#windowMs === null) {
      // The load may have ended before the time up to which values were read.
      const range = this.#newRange();
      range.moveTo(this.#samplesOf(observed), this.#fromMs, toMs);
      const outcome = this.#judge(observed, range, toMs, 1);
      return this.#threshold.span === null ? outcome : { ...outcome, span: { fromMs: this.#fromMs, windows: null } };
    }
    this.advance(observed, toMs, unjudgedTimes);
    const { outcome, startMs } = this.#worst ?? { outcome: withoutData(this.#threshold), startMs: null };
    const isMissing = this.#missing > 0 && (this.#judged === 0 || (outcome.passed && this.#missing > this.#judged));
    const unjudged = this.#missing + this.#leftOut;
    const windows = {
      widthMs: this.#windowMs,
      judged: this.#judged,
      broken: this.#broken,
      worstStartMs: startMs,
      ...(unjudged === 0 ? {} : { unjudged }),
    };
    return { ...this.#withReason(outcome, observed, isMissing), span: { fromMs: this.#fromMs, windows } };
  }

  /** Whether more values may still make the threshold hold: a maximum and a count only rise. */
  get #mayStillHold(): boolean {
    const { aggregation, operator } = this.#threshold.expression;
    return (aggregation.kind === "max" || aggregation.kind === "count") && (operator === ">" || operator === ">=");
  }

  #newRange(): SampleRange {
    const { kind } = this.#threshold.expression.aggregation;
    return new SampleRange(kind === "med" || kind === "percentile");
  }

  /** @param leastDue the minimum number of values that are due, however short the time is */
  #judge(observed: Observed, range: SampleRange, toMs: number, leastDue: number): JudgedThreshold {
    const outcome = this.#outcomeOf(range);
    const due = Math.max(leastDue, this.#dueIn(observed, toMs - this.#fromMs));
    return this.#withReason(outcome, observed, due > 0 && !this.#isKnown(outcome, range.count, due));
  }

  #judgeWindows(observed: Observed, windowMs: number, toMs: number, unjudged: readonly UnjudgedTime[]): void {
    const samples = this.#samplesOf(observed);
    const due = this.#dueIn(observed, windowMs);
    const range = this.#range;
    for (; this.#nextMs + windowMs <= toMs; this.#nextMs += secondMs) {
      const endMs = this.#nextMs + windowMs;
      range.moveTo(samples, this.#nextMs, endMs);
      if (touches(unjudged, this.#nextMs, endMs)) {
        this.#leftOut++;
        continue;
      }
      const outcome = this.#outcomeOf(range);
      if (range.count === 0 || !this.#isKnown(outcome, range.count, due)) {
        this.#missing++;
        continue;
      }
      this.#judged++;
      if (!outcome.passed) this.#broken++;
      this.#latest = outcome;
      const { operator } = this.#threshold.expression;
      if (this.#worst === null || isWorse(outcome, this.#worst.outcome, operator)) {
        this.#worst = { outcome, startMs: this.#nextMs };
      }
    }
  }

  #outcomeOf({ view }: SampleRange): JudgedThreshold {
    const source = { trend: () => view, counter: () => undefined, rate: () => undefined, gauge: () => undefined };
    const { span: _, ...outcome } = evaluateThreshold(this.#threshold, source);
    return { ...outcome, close: false };
  }

  /** Whether there are enough values, or the missing values could not change the outcome. */
  #isKnown(outcome: JudgedThreshold, count: number, due: number): boolean {
    if (count >= due * leastShare) return count > 0;
    const { aggregation, operator } = this.#threshold.expression;
    if (count === 0 || !/^[<>]/.test(operator)) return false;
    const rises = aggregation.kind === "max" || aggregation.kind === "count";
    if (!rises && aggregation.kind !== "min") return false;
    return outcome.passed !== (isUpperBound(operator) === rises);
  }

  /** The minimum number of values that were due in `ms`. */
  #dueIn({ sources }: Observed, ms: number): number {
    const source = sourceOfMetric(sources, this.#metric);
    return source === undefined ? 0 : Math.floor(Math.max(0, ms) / source.everyMs);
  }

  #samplesOf({ series }: Observed): readonly ObservedSample[] {
    return series.find(({ name }) => name === this.#metric)?.samples ?? [];
  }

  #withReason(outcome: JudgedThreshold, observed: Observed, isMissing: boolean): JudgedThreshold {
    if (!isMissing || this.#threshold.passesWithoutData) return outcome;
    const reason = `${describeCondition(this.#threshold)} could not be judged: ${describeMissing(observed, this.#metric)}`;
    return { ...outcome, passed: false, unobserved: reason };
  }
}
