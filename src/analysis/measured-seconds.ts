import { recordedName } from "../core/thresholds/recorded-metric.ts";
import type { Selector, TagCondition } from "../core/thresholds/selector.ts";
import { sliceOf } from "../core/thresholds/slice.ts";
import { RunTotals } from "../stats/run-totals.ts";
import type { Window } from "../stats/windows.ts";
import { type RunMeasurements, requestsOf } from "./metric-source.ts";

const secondMs = 1_000;

interface Second {
  readonly totals: RunTotals;
  peakUsers: number;
}

/**
 * The seconds of a run for one threshold. Only what its selector needs is kept, so a second takes about 30 KB however many
 * endpoints there are.
 */
export class MeasuredSeconds {
  readonly #selector: Selector;
  /** The seconds by number. */
  readonly #seconds = new Map<number, Second>();

  constructor(selector: Selector) {
    this.#selector = selector;
  }

  /** Adds a window. A report of several seconds counts for the last of them. */
  add({ startMs, widthMs, totals, users }: Window): void {
    const number = Math.ceil((startMs + widthMs) / secondMs) - 1;
    let second = this.#seconds.get(number);
    if (second === undefined) {
      second = { totals: new RunTotals(), peakUsers: 0 };
      this.#seconds.set(number, second);
    }
    addSelected(this.#selector, totals, second.totals);
    second.peakUsers += users.peak;
  }

  /** Merges the seconds from `fromMs` to before `toMs`. Seconds without a report are empty. */
  measured(fromMs: number, toMs: number): RunMeasurements {
    const totals = new RunTotals();
    let peakUsers = 0;
    let users = 0;
    for (let number = fromMs / secondMs; number < toMs / secondMs; number++) {
      const second = this.#seconds.get(number);
      users = second?.peakUsers ?? 0;
      peakUsers = Math.max(peakUsers, users);
      if (second !== undefined) totals.merge(second.totals);
    }
    return { totals, durationMs: toMs - fromMs, users, peakUsers };
  }

  forgetBefore(ms: number): void {
    for (const number of this.#seconds.keys()) if ((number + 1) * secondMs <= ms) this.#seconds.delete(number);
  }
}

/** Adds the part of `from` that a threshold with this selector needs to `to`, all endpoints as one. */
function addSelected(selector: Selector, from: RunTotals, to: RunTotals): void {
  const { metric, conditions } = selector;
  const recorded = recordedName(selector);
  if (recorded !== null) addRecorded(recorded, from, to);
  else if (!metric.tags.includes("name")) to.mergeLoad(from);
  else {
    // Dropped iterations and failed starts count in the error budget.
    to.droppedIterations += from.droppedIterations;
    to.failedStarts += from.failedStarts;
    const selected = requestsOf(selector, from);
    const slice = sliceOf(selector);
    const name = conditionOn("name", conditions) ?? "";
    if (slice !== null) to.addTo("slice", slice.key).merge(selected);
    else if (selected.requests > 0) to.endpoint(conditionOn("method", conditions) ?? "", name).merge(selected);
  }
}

function addRecorded(name: string, from: RunTotals, to: RunTotals): void {
  const samples = from.seriesOf("trend", name);
  if (samples !== undefined) to.addTo("trend", name).merge(samples);
  const scalar = from.metrics.get(name);
  if (scalar !== undefined) to.addMetric(name, scalar);
}

/** The value of a condition, used as the name of the selected endpoint so that the same selector finds it. */
function conditionOn(tag: string, conditions: readonly TagCondition[]): string | undefined {
  return conditions.find((one) => one.tag === tag && !one.isNot)?.value;
}
