import { describeCondition } from "../../core/thresholds/describe.ts";
import { evaluateThreshold, type TrendView } from "../../core/thresholds/evaluate.ts";
import { observedMetric } from "../../core/thresholds/metrics.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import type { Observed, ObservedSample } from "../../stats/observed-series.ts";
import { type JudgedThreshold, withoutData } from "../judged-threshold.ts";
import { isUpperBound, isWorse } from "../rolling-threshold.ts";
import { describeMissing, sourceOfMetric } from "./missing-values.ts";
import { summaryOfSamples } from "./observed-summary.ts";

const secondMs = 1_000;
/** A part of a run is judged if at least this share of the values that were due in it are there. */
const leastShare = 0.5;

export function isObservedThreshold({ selector }: Pick<Threshold, "selector">): boolean {
  return selector.metric.name === observedMetric;
}

/**
 * Judges a threshold on an observed metric by the values that were read, over the run, a part of it, or in each window of its
 * length, one starting at each second. Too few values judge nothing, unless any further value could not change the outcome.
 */
export class ObservedThreshold {
  readonly #threshold: Threshold;
  readonly #metric: string;
  readonly #fromMs: number;
  readonly #windowMs: number | null;
  /** The start of the next window to judge, and the first sample that is not before it. */
  #nextMs: number;
  #first = 0;
  #judged = 0;
  #unjudged = 0;
  #broken = 0;
  #worst: { readonly outcome: JudgedThreshold; readonly startMs: number } | null = null;
  #latest: JudgedThreshold | null = null;

  constructor(threshold: Threshold) {
    this.#threshold = threshold;
    this.#metric = threshold.selector.conditions[0]?.value ?? "";
    this.#fromMs = threshold.span?.fromMs ?? 0;
    this.#windowMs = threshold.span?.windowMs ?? null;
    this.#nextMs = this.#fromMs;
  }

  /** The outcome up to `toMs`, which never decreases; with a window, that of the latest window that could be judged. */
  current(observed: Observed, toMs: number): JudgedThreshold {
    if (this.#windowMs === null) return this.#judge(observed, toMs, 0);
    this.#advance(observed, this.#windowMs, toMs);
    return this.#latest ?? this.#withReason(withoutData(this.#threshold), observed, this.#unjudged > 0);
  }

  /** The outcome over all windows that end until `toMs`, or over everything until then. */
  final(observed: Observed, toMs: number): JudgedThreshold {
    if (this.#windowMs === null) {
      const outcome = this.#judge(observed, toMs, 1);
      return this.#threshold.span === null ? outcome : { ...outcome, span: { fromMs: this.#fromMs, windows: null } };
    }
    this.#advance(observed, this.#windowMs, toMs);
    const { outcome, startMs } = this.#worst ?? { outcome: withoutData(this.#threshold), startMs: null };
    const isMissing = this.#unjudged > 0 && (this.#judged === 0 || (outcome.passed && this.#unjudged > this.#judged));
    const windows = {
      widthMs: this.#windowMs,
      judged: this.#judged,
      broken: this.#broken,
      worstStartMs: startMs,
      ...(this.#unjudged === 0 ? {} : { unjudged: this.#unjudged }),
    };
    return { ...this.#withReason(outcome, observed, isMissing), span: { fromMs: this.#fromMs, windows } };
  }

  /** @param leastDue how many values are due however short the time is */
  #judge(observed: Observed, toMs: number, leastDue: number): JudgedThreshold {
    const samples = this.#samplesOf(observed);
    const [from, to] = [indexAt(samples, this.#fromMs), indexAt(samples, toMs)];
    const outcome = this.#outcomeOf(samples.slice(from, to));
    const due = Math.max(leastDue, this.#dueIn(observed, toMs - this.#fromMs));
    return this.#withReason(outcome, observed, due > 0 && !this.#isKnown(outcome, to - from, due));
  }

  #advance(observed: Observed, windowMs: number, toMs: number): void {
    const samples = this.#samplesOf(observed);
    const due = this.#dueIn(observed, windowMs);
    for (; this.#nextMs + windowMs <= toMs; this.#nextMs += secondMs) {
      while ((samples[this.#first]?.atMs ?? Number.POSITIVE_INFINITY) < this.#nextMs) this.#first++;
      const inside = samples.slice(this.#first, indexAt(samples, this.#nextMs + windowMs, this.#first));
      const outcome = this.#outcomeOf(inside);
      if (inside.length === 0 || !this.#isKnown(outcome, inside.length, due)) {
        this.#unjudged++;
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

  #outcomeOf(samples: readonly ObservedSample[]): JudgedThreshold {
    const view = viewOf(samples);
    const source = { trend: () => view, counter: () => undefined, rate: () => undefined, gauge: () => undefined };
    const { span: _, ...outcome } = evaluateThreshold(this.#threshold, source);
    return { ...outcome, close: false };
  }

  /** Whether there are enough values, or those that are missing could not change the outcome. */
  #isKnown(outcome: JudgedThreshold, count: number, due: number): boolean {
    if (count >= due * leastShare) return count > 0;
    const { aggregation, operator } = this.#threshold.expression;
    if (count === 0 || !/^[<>]/.test(operator)) return false;
    const rises = aggregation.kind === "max" || aggregation.kind === "count";
    if (!rises && aggregation.kind !== "min") return false;
    return outcome.passed !== (isUpperBound(operator) === rises);
  }

  /** How many values were due, at least, in so many ms. */
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

function viewOf(samples: readonly ObservedSample[]): TrendView | undefined {
  const last = samples.at(-1)?.value;
  if (last === undefined) return undefined;
  const sorted = samples.map(({ value }) => value).sort((a, b) => a - b);
  // The nearest rank, as percentiles of response times are.
  const percentile = (p: number) => sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? last;
  return { ...summaryOfSamples(samples), med: percentile(50), last, percentile };
}

/** The position of the first sample at `atMs` or later, not before `from`. */
function indexAt(samples: readonly ObservedSample[], atMs: number, from = 0): number {
  let [low, high] = [from, samples.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((samples[middle]?.atMs ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
