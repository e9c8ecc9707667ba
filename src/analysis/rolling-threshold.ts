import type { Operator } from "../core/thresholds/expression.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { Window } from "../stats/windows.ts";
import { type JudgedThreshold, judgeThreshold } from "./judged-threshold.ts";
import { MeasuredSeconds } from "./measured-seconds.ts";

const secondMs = 1_000;
/** The time for which a late report is still counted: a worker that was disconnected resends its reports. */
const lateReportMs = 120_000;

/**
 * A threshold that must hold in every window of its length, one starting at each second. A window is final once late
 * reports for it are no longer expected; until then its outcome is provisional.
 */
export class RollingThreshold {
  readonly #threshold: Threshold;
  readonly #fromMs: number;
  readonly #widthMs: number;
  readonly #seconds: MeasuredSeconds;
  /** Windows that end at or before this time are final. */
  #judgedToMs: number;
  #judged = 0;
  #broken = 0;
  #worst: { readonly outcome: JudgedThreshold; readonly startMs: number } | null = null;
  #latest: JudgedThreshold | null = null;

  constructor(threshold: Threshold, fromMs: number, widthMs: number) {
    this.#threshold = threshold;
    this.#fromMs = fromMs;
    this.#widthMs = widthMs;
    this.#seconds = new MeasuredSeconds(threshold.selector);
    this.#judgedToMs = fromMs + widthMs - secondMs;
  }

  add(window: Window): void {
    if (window.startMs >= this.#fromMs) this.#seconds.add(window);
  }

  /** Evaluates up to `toMs`, up to which all workers have reported. */
  advance(toMs: number): void {
    this.#judgeTo(toMs - lateReportMs);
    const endMs = wholeSeconds(toMs);
    if (endMs >= this.#fromMs + this.#widthMs) this.#latest = this.#windowUntil(endMs);
  }

  /** Evaluates all windows: the load ended at `endMs`, and all reports have come. */
  finish(endMs: number): void {
    this.#judgeTo(endMs);
  }

  /** The outcome of the latest full window; null before there is one. */
  get latest(): JudgedThreshold | null {
    return this.#latest;
  }

  /** The outcome over all final windows. */
  get outcome(): JudgedThreshold {
    const { metric, expression, passesWithoutData: passed } = this.#threshold;
    const none = { metric, expression: expression.source, value: null, passed, noData: true, close: false };
    const { outcome, startMs } = this.#worst ?? { outcome: none, startMs: null };
    const windows = { widthMs: this.#widthMs, judged: this.#judged, broken: this.#broken, worstStartMs: startMs };
    return { ...outcome, span: { fromMs: this.#fromMs, windows } };
  }

  #judgeTo(toMs: number): void {
    const endMs = wholeSeconds(toMs);
    while (this.#judgedToMs < endMs) {
      this.#judgedToMs += secondMs;
      this.#count(this.#windowUntil(this.#judgedToMs), this.#judgedToMs - this.#widthMs);
    }
    this.#seconds.forgetBefore(this.#judgedToMs + secondMs - this.#widthMs);
  }

  #windowUntil(endMs: number): JudgedThreshold {
    return judgeThreshold(this.#threshold, this.#seconds.measured(endMs - this.#widthMs, endMs));
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
function isWorse(a: JudgedThreshold, b: JudgedThreshold, operator: Operator): boolean {
  if (a.passed !== b.passed) return b.passed;
  if (a.value === null || b.value === null) return b.value === null && a.value !== null;
  if (operator === "<" || operator === "<=") return a.value > b.value;
  return (operator === ">" || operator === ">=") && a.value < b.value;
}
