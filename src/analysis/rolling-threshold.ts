import type { Operator } from "../core/thresholds/expression.ts";
import { sliceOfScenario } from "../core/thresholds/slice.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { Window } from "../stats/windows.ts";
import { isFloor } from "./counted-floor.ts";
import { type DelayedTime, delayWithin } from "./health/generator-delay.ts";
import { areAllIdle, CountedTimes, contributorsOf, type ScenarioIdleTimes, withFirstSecond } from "./idle-scenarios.ts";
import { type JudgedThreshold, judgeThreshold, withoutData } from "./judged-threshold.ts";
import { mayHoldWithLoad, type UnmadeLoad } from "./load/unmade-load.ts";
import { isUnderLoad, MeasuredSeconds, type MeasuredSpan } from "./measured-seconds.ts";
import { hasSelected } from "./metric-source.ts";
import { mayBeStalled } from "./stalled-threshold.ts";
import { touches, type UnjudgedTime } from "./unjudged-time.ts";

const secondMs = 1_000;
/** The time for which a late report is still counted: a worker that was disconnected resends its reports. */
const lateReportMs = 120_000;

/** The parts of a run in which the measurements do not show, or do not only show, what the service did. */
export interface Disturbances {
  readonly unjudged: readonly UnjudgedTime[];
  /** The times in which the load generator was late. */
  readonly delays: readonly DelayedTime[];
  /** The times in which each scenario had no load. */
  readonly scenarios: readonly ScenarioIdleTimes[];
  /** The planned load that workers did not generate; null if there is none. */
  readonly unmade: UnmadeLoad | null;
}

/**
 * A threshold that must hold in every window of its length, one starting at each second. A window is final once late
 * reports for it are no longer expected; until then its outcome is provisional.
 */
export class RollingThreshold {
  readonly #threshold: Threshold;
  readonly #fromMs: number;
  readonly #widthMs: number;
  readonly #seconds: MeasuredSeconds;
  readonly #isFloor: boolean;
  readonly #counted = new CountedTimes();
  /** The slices of the run that have requests: they show which scenarios make the requests that the threshold is about. */
  readonly #slices = new Set<string>();
  /** The time up to which all workers have reported; Infinity when the load is over. */
  #knownToMs = 0;
  /** Windows that end at or before this time are final. */
  #judgedToMs: number;
  /** The second in which a lower bound first counts something: earlier windows are not judged, unless nothing is ever counted. */
  #first: { readonly startMs: number; readonly endMs: number };
  /** The first second with load. */
  #loadedMs = Number.POSITIVE_INFINITY;
  /** The final windows before anything was counted: all have the same outcome. */
  #empty: { readonly outcome: JudgedThreshold; readonly startMs: number; windows: number } | null = null;
  #judged = 0;
  #unjudged = 0;
  #broken = 0;
  #worst: { readonly outcome: JudgedThreshold; readonly startMs: number } | null = null;
  #latest: JudgedThreshold | null = null;

  constructor(threshold: Threshold, fromMs: number, widthMs: number) {
    this.#threshold = threshold;
    this.#fromMs = fromMs;
    this.#widthMs = widthMs;
    this.#seconds = new MeasuredSeconds(threshold.selector);
    this.#judgedToMs = fromMs + widthMs - secondMs;
    this.#isFloor = isFloor(threshold);
    const firstMs = this.#isFloor ? Number.POSITIVE_INFINITY : 0;
    this.#first = { startMs: firstMs, endMs: firstMs };
  }

  add(window: Window): void {
    const { startMs, widthMs, totals } = window;
    if (isUnderLoad(window)) this.#loadedMs = Math.min(this.#loadedMs, startMs);
    if (startMs + widthMs <= this.#fromMs) return;
    this.#seconds.add(window);
    for (const { kind, samples } of totals.eachSeries()) {
      if (kind === "slice" && samples.requests > 0) this.#slices.add(samples.name);
    }
    if (!hasSelected(this.#threshold.selector, totals)) {
      if (totals.endpointCount > 0) this.#counted.addOthers(startMs + widthMs);
      return;
    }
    this.#counted.add(startMs, startMs + widthMs);
    if (startMs < this.#first.startMs) this.#first = { startMs, endMs: startMs + widthMs };
  }

  /** Evaluates up to `toMs`, up to which all workers have reported or are lost. */
  advance(toMs: number, disturbed: Disturbances): void {
    this.#knownToMs = toMs;
    this.#judgeTo(toMs - lateReportMs, disturbed, Number.POSITIVE_INFINITY);
    const endMs = wholeSeconds(toMs);
    if (endMs < this.#fromMs + this.#widthMs) return;
    if (endMs - this.#widthMs < this.#first.endMs) return;
    this.#latest = this.#windowUntil(endMs, disturbed, Number.POSITIVE_INFINITY) ?? this.#latest;
  }

  /** Evaluates all windows: the load ended at `endMs`, and all reports have arrived. */
  finish(endMs: number, disturbed: Disturbances): void {
    this.#knownToMs = Number.POSITIVE_INFINITY;
    this.#judgeTo(endMs, disturbed, endMs);
    if (this.#empty === null || Number.isFinite(this.#first.startMs)) return;
    const { outcome, startMs, windows } = this.#empty;
    this.#empty = null;
    for (let count = 0; count < windows; count++) this.#count(outcome, startMs);
  }

  /** The outcome of the latest full window; null before there is one. */
  get latest(): JudgedThreshold | null {
    return this.#latest;
  }

  /** The outcome over all final windows. */
  get outcome(): JudgedThreshold {
    const { outcome, startMs } = this.#worst ?? { outcome: withoutData(this.#threshold), startMs: null };
    const unjudged = this.#unjudged + (this.#empty?.windows ?? 0);
    const left = unjudged === 0 ? {} : { unjudged };
    const counts = { judged: this.#judged, broken: this.#broken, worstStartMs: startMs, ...left };
    return { ...outcome, span: { fromMs: this.#fromMs, windows: { widthMs: this.#widthMs, ...counts } } };
  }

  /** The time from which a lower bound counts. The second of its first count is not whole if there was other load before it. */
  get #begunMs(): number {
    const { startMs, endMs } = this.#first;
    return startMs > this.#loadedMs ? endMs : startMs;
  }

  #judgeTo(toMs: number, disturbed: Disturbances, limitMs: number): void {
    const endMs = wholeSeconds(toMs);
    while (this.#judgedToMs < endMs) {
      this.#judgedToMs += secondMs;
      const outcome = this.#windowUntil(this.#judgedToMs, disturbed, limitMs);
      const startMs = this.#judgedToMs - this.#widthMs;
      if (outcome === null) this.#unjudged++;
      else if (startMs >= this.#begunMs) this.#count(outcome, startMs);
      else {
        this.#empty ??= { outcome, startMs, windows: 0 };
        this.#empty.windows++;
      }
    }
    this.#seconds.forgetBefore(this.#judgedToMs + secondMs - this.#widthMs);
  }

  /**
   * The outcome of the window that ends at `endMs`; null if the window touches a part of the run that cannot be judged,
   * or if a stall of the generator, or load that lost workers did not generate, may explain its failure.
   */
  #windowUntil(endMs: number, disturbed: Disturbances, limitMs: number): JudgedThreshold | null {
    const { unjudged, delays } = disturbed;
    const span = this.#seconds.measured(endMs - this.#widthMs, endMs, limitMs);
    // A report that began before the judged part cannot be divided.
    if (!span.hasLoad || span.startMs < this.#fromMs || touches(unjudged, span.startMs, span.endMs)) return null;
    const outcome = judgeThreshold(this.#threshold, span);
    if (outcome.passed) return outcome;
    if ((this.#isFloor || outcome.noData) && this.#isIdle(span, disturbed)) return null;
    const part = { fromMs: span.startMs, toMs: span.endMs, isWindow: true };
    if (mayHoldWithLoad(this.#threshold, outcome.value, disturbed.unmade, part)) return null;
    const delay = delayWithin(delays, span.startMs, span.endMs);
    return mayBeStalled(this.#threshold, outcome, span, delay) ? null : outcome;
  }

  /**
   * Whether the scenarios that the threshold is about had no load in a part of the span. Slices show which scenarios
   * these are. Without slices (iterations, runs of earlier versions), the threshold is taken to be about a scenario
   * without load if nothing is counted after the scenario's last iterations have ended, while something else is done.
   */
  #isIdle({ startMs, endMs }: MeasuredSpan, { scenarios }: Disturbances): boolean {
    const { selector } = this.#threshold;
    const contributors = contributorsOf(selector, scenarios);
    const makers = contributors.filter(({ scenario }) =>
      this.#slices.has(sliceOfScenario(selector, scenario)?.key ?? ""),
    );
    if (makers.length > 0) return areAllIdle(makers, startMs, endMs);
    if (areAllIdle(contributors, startMs, endMs)) return true;
    return contributors.some(({ idle, graceMs }) =>
      idle.map(withFirstSecond).some(({ fromMs, toMs }) => {
        if (fromMs >= endMs || startMs >= toMs) return false;
        const lastMs = fromMs + (fromMs > 0 ? graceMs : 0);
        // Its last iterations may not have ended yet.
        if (this.#knownToMs <= lastMs) return true;
        const goesOn = this.#counted.hasIn(lastMs, toMs - secondMs);
        return !goesOn && this.#counted.hasOthersAfter(Math.max(fromMs, startMs));
      }),
    );
  }

  #count(outcome: JudgedThreshold, startMs: number): void {
    this.#judged++;
    if (!outcome.passed) this.#broken++;
    const { operator } = this.#threshold.expression;
    if (this.#worst === null || isWorse(outcome, this.#worst.outcome, operator)) this.#worst = { outcome, startMs };
  }
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / secondMs) * secondMs;
}

/**
 * Whether `a` is worse than `b`: a failure is worse than a pass, a value further beyond the bound is worse than one nearer
 * to it, and a value is worse than no data.
 */
export function isWorse(a: JudgedThreshold, b: JudgedThreshold, operator: Operator): boolean {
  if (a.passed !== b.passed) return b.passed;
  if (a.value === null || b.value === null) return b.value === null && a.value !== null;
  if (isUpperBound(operator)) return a.value > b.value;
  return (operator === ">" || operator === ">=") && a.value < b.value;
}

export function isUpperBound(operator: Operator): boolean {
  return operator === "<" || operator === "<=";
}
