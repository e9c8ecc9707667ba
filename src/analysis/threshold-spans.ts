import type { Threshold } from "../core/thresholds/threshold.ts";
import { nothingObserved, type Observed } from "../stats/observed-series.ts";
import { RunTotals } from "../stats/run-totals.ts";
import { decodedWindows, type StoredWindow, type Window } from "../stats/windows.ts";
import { isFloor } from "./counted-floor.ts";
import { type DelayedTime, delayWithin } from "./health/generator-delay.ts";
import { areAllIdle, contributorsOf, type ScenarioIdleTimes } from "./idle-scenarios.ts";
import { type JudgedThreshold, judgeThreshold, withoutData } from "./judged-threshold.ts";
import { mayHoldWithLoad, type UnmadeLoad } from "./load/unmade-load.ts";
import { hasActivity, isUnderLoad } from "./measured-seconds.ts";
import type { RunMeasurements } from "./metric-source.ts";
import { isObservedThreshold, ObservedThreshold } from "./observed/observed-threshold.ts";
import { RollingThreshold } from "./rolling-threshold.ts";
import { withDelay } from "./stalled-threshold.ts";
import { ThresholdSoFar } from "./threshold-so-far.ts";
import { pausedBefore, timeOfLoad, touches, type UnjudgedTime } from "./unjudged-time.ts";

/**
 * Evaluates the thresholds of a run while it continues and, at its end, the thresholds with `after` or `window`, which
 * are not about the whole run. Measurements are added as they are committed, or from the store.
 */
export class ThresholdSpans {
  readonly #rolling = new Map<Threshold, RollingThreshold>();
  /** The totals from a given time on, by that time. */
  readonly #tails = new Map<number, Tail>();
  readonly #soFar = new Map<Threshold, ThresholdSoFar>();
  readonly #onObserved = new Map<Threshold, ObservedThreshold>();
  #observed: Observed = nothingObserved;
  /** The times that windows on observed metrics leave out. */
  #leftOut: readonly UnjudgedTime[] = [];
  /** The start of the first window with load; null before there is one. */
  #begunMs: number | null = null;
  #closedToMs = 0;
  /** The time when the load ended; null before. */
  #endMs: number | null = null;
  #delays: readonly DelayedTime[] = [];
  #unmade: UnmadeLoad | null = null;

  constructor(thresholds: readonly Threshold[]) {
    for (const threshold of thresholds) {
      if (isObservedThreshold(threshold)) {
        this.#onObserved.set(threshold, new ObservedThreshold(threshold));
        continue;
      }
      const { fromMs, windowMs } = threshold.span ?? { fromMs: 0, windowMs: null };
      if (windowMs !== null) this.#rolling.set(threshold, new RollingThreshold(threshold, fromMs, windowMs));
      else this.#soFar.set(threshold, new ThresholdSoFar(threshold));
      if (threshold.span !== null && windowMs === null && !this.#tails.has(fromMs)) {
        this.#tails.set(fromMs, new Tail(fromMs));
      }
    }
  }

  /**
   * Sets the observed values on which thresholds on observed metrics are evaluated; more values may still be added. Call
   * it before any other method.
   */
  observe(observed: Observed): void {
    this.#observed = observed;
  }

  /** The time up to which the run is evaluated while it continues; 0 before its load has begun. */
  get judgedToMs(): number {
    return this.#begunMs === null ? 0 : this.#closedToMs;
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

  /**
   * Adds the stored windows of a run that is resumed.
   * @param wholeToMs the time up to which every worker has reported; later windows are incomplete
   * @param delays the times in which the load generator was late
   */
  restore(
    windows: Iterable<StoredWindow>,
    wholeToMs: number,
    unjudged: readonly UnjudgedTime[],
    delays: readonly DelayedTime[] = [],
    scenarios: readonly ScenarioIdleTimes[] = [],
    unmade: UnmadeLoad | null = null,
  ): void {
    for (const window of decodedWindows(windows)) {
      this.add(window);
      if (window.startMs + window.widthMs <= wholeToMs) this.close(window, unjudged, delays, scenarios, unmade);
    }
  }

  /**
   * Evaluates a window that is closed: no further report is expected for it. Windows are closed in order of time. Nothing
   * is evaluated before the load has begun, that is, before the first window with a user or a request.
   * @param delays the times in which the load generator was late so far
   * @param scenarios when each scenario had no load so far
   * @param unmade the planned load that workers have not generated so far
   */
  close(
    window: Window,
    unjudged: readonly UnjudgedTime[],
    delays: readonly DelayedTime[] = [],
    scenarios: readonly ScenarioIdleTimes[] = [],
    unmade: UnmadeLoad | null = null,
  ): void {
    const { startMs, widthMs } = window;
    if (this.#begunMs === null && hasActivity(window.totals)) this.#begunMs = startMs;
    if (this.#begunMs === null) return;
    this.#closedToMs = startMs + widthMs;
    const left = [...unjudged, { fromMs: 0, toMs: this.#begunMs }];
    this.#leftOut = left;
    this.#delays = delays;
    this.#unmade = unmade;
    for (const onObserved of this.#onObserved.values()) onObserved.advance(this.#observed, this.#closedToMs, left);
    for (const rolling of this.#rolling.values())
      rolling.advance(this.#closedToMs, { unjudged: left, delays, scenarios, unmade });
    const { stalledMs } = delayWithin(delays, startMs, this.#closedToMs);
    if (stalledMs > 0 || !isUnderLoad(window) || touches(unjudged, startMs, this.#closedToMs)) return;
    for (const [threshold, soFar] of this.#soFar) {
      const contributors = isFloor(threshold) ? contributorsOf(threshold.selector, scenarios) : [];
      if (!areAllIdle(contributors, startMs, this.#closedToMs)) soFar.add(window);
    }
  }

  /** Evaluates all windows: the load ended at `endMs`, and all windows were added. */
  finish(
    endMs: number,
    unjudged: readonly UnjudgedTime[] = [],
    delays: readonly DelayedTime[] = [],
    scenarios: readonly ScenarioIdleTimes[] = [],
    unmade: UnmadeLoad | null = null,
  ): void {
    this.#delays = delays;
    this.#endMs = endMs;
    const left = [...unjudged, { fromMs: 0, toMs: this.#begunMs ?? 0 }];
    this.#leftOut = left;
    for (const rolling of this.#rolling.values()) rolling.finish(endMs, { unjudged: left, delays, scenarios, unmade });
  }

  /** The current outcome of a threshold; with a window, the outcome of the latest window. */
  current(threshold: Threshold): JudgedThreshold {
    const onObserved = this.#onObserved.get(threshold);
    if (onObserved !== undefined) return onObserved.current(this.#observed, this.#closedToMs, this.#leftOut);
    const rolling = this.#rolling.get(threshold);
    if (rolling !== undefined) return rolling.latest ?? withoutData(threshold);
    const run = this.#soFar.get(threshold)?.measured ?? null;
    // Stalls are left out already; other delays of the generator are not.
    if (run === null) return withoutData(threshold);
    const part = { fromMs: threshold.span?.fromMs ?? 0, toMs: this.#closedToMs, isWindow: false };
    const outcome = withDelay(threshold, run, delayWithin(this.#delays, part.fromMs, part.toMs));
    const isUnmade = !outcome.passed && mayHoldWithLoad(threshold, outcome.value, this.#unmade, part);
    return isUnmade ? { ...outcome, unmade: true } : outcome;
  }

  /** The final outcome of a threshold. */
  final(threshold: Threshold, run: RunMeasurements): JudgedThreshold {
    const onObserved = this.#onObserved.get(threshold);
    if (onObserved !== undefined) {
      return onObserved.final(this.#observed, this.#endMs ?? this.#closedToMs, this.#leftOut);
    }
    return this.#rolling.get(threshold)?.outcome ?? this.#judge(threshold, run);
  }

  #judge(threshold: Threshold, run: RunMeasurements): JudgedThreshold {
    if (threshold.span === null) return judgeThreshold(threshold, run);
    const { fromMs } = threshold.span;
    const delay = delayWithin(this.#delays, fromMs, timeOfLoad(run.durationMs, run.pauses));
    return withDelay(threshold, this.#tails.get(fromMs)?.of(run) ?? run, delay);
  }
}

/**
 * The measurements from a given time on. A report that began before that time cannot be divided: the measurements then
 * begin after the report.
 */
class Tail {
  #fromMs: number;
  readonly #totals = new RunTotals();
  /** The number of users by the start of the window: each worker reports separately. */
  readonly #users = new Map<number, number>();

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  add({ startMs, widthMs, totals, users }: Window): void {
    if (startMs < this.#fromMs) {
      this.#fromMs = Math.max(this.#fromMs, startMs + widthMs);
      return;
    }
    this.#totals.merge(totals);
    this.#users.set(startMs, (this.#users.get(startMs) ?? 0) + users.peak);
  }

  of({ durationMs, pauses = [], users }: RunMeasurements): RunMeasurements {
    const peakUsers = this.#users.values().reduce((most, count) => Math.max(most, count), 0);
    // The duration does not include the pauses before the given time either.
    const beforeMs = this.#fromMs - pausedBefore(pauses, this.#fromMs);
    return { totals: this.#totals, durationMs: Math.max(0, durationMs - beforeMs), users, peakUsers };
  }
}
