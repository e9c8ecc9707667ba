import type { Threshold } from "../core/thresholds/threshold.ts";
import { RunTotals } from "../stats/run-totals.ts";
import { decodedWindows, type StoredWindow, type Window } from "../stats/windows.ts";
import { type JudgedThreshold, judgeThreshold } from "./judged-threshold.ts";
import type { RunMeasurements } from "./metric-source.ts";
import { RollingThreshold } from "./rolling-threshold.ts";

/**
 * Evaluates the thresholds of a run that are not about the whole run: those with `after` or `window`. Windows are added as
 * they are measured, or from the store. Thresholds without a span cost nothing.
 */
export class ThresholdSpans {
  readonly #rolling = new Map<Threshold, RollingThreshold>();
  /** The totals from a time on, by that time. */
  readonly #tails = new Map<number, Tail>();

  constructor(thresholds: readonly Threshold[]) {
    for (const threshold of thresholds) {
      if (threshold.span === null) continue;
      const { fromMs, windowMs } = threshold.span;
      if (windowMs !== null) this.#rolling.set(threshold, new RollingThreshold(threshold, fromMs, windowMs));
      else if (!this.#tails.has(fromMs)) this.#tails.set(fromMs, new Tail(fromMs));
    }
  }

  get #isNeeded(): boolean {
    return this.#rolling.size + this.#tails.size > 0;
  }

  /** Adds a window, which may contain only some workers' reports; its totals are not changed. */
  add(window: Window): void {
    for (const rolling of this.#rolling.values()) rolling.add(window);
    for (const tail of this.#tails.values()) tail.add(window);
  }

  /** Adds the stored windows of a run. */
  addStored(windows: Iterable<StoredWindow>): void {
    if (!this.#isNeeded) return;
    for (const window of decodedWindows(windows)) this.add(window);
  }

  /** Evaluates up to `toMs`, up to which all workers have reported. */
  advance(toMs: number): void {
    for (const rolling of this.#rolling.values()) rolling.advance(toMs);
  }

  /** Evaluates all windows: the load ended at `endMs`, and everything was added. */
  finish(endMs: number): void {
    for (const rolling of this.#rolling.values()) rolling.finish(endMs);
  }

  /** The current outcome of a threshold; with a window, that of the latest one. */
  current(threshold: Threshold, run: RunMeasurements): JudgedThreshold {
    const rolling = this.#rolling.get(threshold);
    return rolling === undefined ? this.#judge(threshold, run) : (rolling.latest ?? rolling.outcome);
  }

  /** The final outcome of a threshold. */
  final(threshold: Threshold, run: RunMeasurements): JudgedThreshold {
    return this.#rolling.get(threshold)?.outcome ?? this.#judge(threshold, run);
  }

  #judge(threshold: Threshold, run: RunMeasurements): JudgedThreshold {
    const tail = threshold.span === null ? undefined : this.#tails.get(threshold.span.fromMs);
    return judgeThreshold(threshold, tail === undefined ? run : tail.of(run));
  }
}

/** The measurements from a time on. */
class Tail {
  readonly #fromMs: number;
  readonly #totals = new RunTotals();
  /** The number of users by the start of the window: each worker reports separately. */
  readonly #users = new Map<number, number>();

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  add({ startMs, totals, users }: Window): void {
    if (startMs < this.#fromMs) return;
    this.#totals.merge(totals);
    this.#users.set(startMs, (this.#users.get(startMs) ?? 0) + users.peak);
  }

  of({ durationMs, users }: RunMeasurements): RunMeasurements {
    const peakUsers = this.#users.values().reduce((most, count) => Math.max(most, count), 0);
    return { totals: this.#totals, durationMs: Math.max(0, durationMs - this.#fromMs), users, peakUsers };
  }
}
