import { isOfOnStop, onStopKind } from "../core/measure-kind.ts";
import { isGroupMetric, isStreamMetric } from "../core/thresholds/metrics.ts";
import { recordedName } from "../core/thresholds/recorded-metric.ts";
import { meets, type Selector, type TagCondition } from "../core/thresholds/selector.ts";
import { sliceOf } from "../core/thresholds/slice.ts";
import { type EndpointTotals, RunTotals } from "../stats/run-totals.ts";
import { UsersBySecond } from "../stats/users-by-second.ts";
import type { Window } from "../stats/windows.ts";
import { type RunMeasurements, requestsOf } from "./metric-source.ts";
import { ofLoad, ofOnStop } from "./selected-endpoints.ts";
import { addStreams } from "./stream-samples.ts";

/** The measurements of all workers in the seconds of [startMs, endMs), which at least one report covers as a whole. */
interface Block {
  startMs: number;
  endMs: number;
  /** Whether there was load: a user ran, or something was done. */
  hasLoad: boolean;
  readonly totals: RunTotals;
  readonly users: UsersBySecond;
}

/** Measurements, and the time that they cover. */
export interface MeasuredSpan extends RunMeasurements {
  readonly startMs: number;
  readonly endMs: number;
  /** Whether there was load in the whole span, as far as the reports show. */
  readonly hasLoad: boolean;
}

/**
 * The seconds of a run for one threshold. Seconds that one report covers stay together. Only what the selector of the
 * threshold needs is kept, so a second takes about 30 KB however many endpoints there are.
 */
export class MeasuredSeconds {
  readonly #selector: Selector;
  /** Whether the selector matched an endpoint of the load: then it is not about the requests of `onStop`. */
  #isOfLoad = false;
  /** Ascending, without overlap. Seconds without a report have no block. */
  #blocks: Block[] = [];

  constructor(selector: Selector) {
    this.#selector = selector;
  }

  /** Adds a window, which may contain only some workers' reports. Blocks that it overlaps become one. */
  add({ startMs, widthMs, totals, users }: Window): void {
    const endMs = startMs + widthMs;
    const touched = this.#blocks.filter((one) => one.startMs < endMs && startMs < one.endMs);
    const [block = this.#insert(startMs, endMs), ...others] = touched;
    for (const other of others) {
      block.totals.merge(other.totals);
      block.hasLoad ||= other.hasLoad;
      block.users.merge(other.users);
    }
    block.startMs = Math.min(startMs, block.startMs);
    block.endMs = Math.max(endMs, ...touched.map((one) => one.endMs));
    if (others.length > 0) this.#blocks = this.#blocks.filter((one) => !others.includes(one));
    addSelected(this.#selector, totals, block.totals);
    this.#isOfLoad ||= Iterator.from(block.totals.eachEndpoint()).some((one) => !isOfOnStop(one));
    block.users.merge(users);
    block.hasLoad ||= isUnderLoad({ totals, users });
  }

  /**
   * Merges the seconds from `fromMs` to before `toMs`. A block is never split: the span is extended to all of a block that
   * it overlaps, but not beyond `limitMs`, after which no load is due. Seconds without a report are empty.
   */
  measured(fromMs: number, toMs: number, limitMs = Number.POSITIVE_INFINITY): MeasuredSpan {
    const totals = new RunTotals();
    let [startMs, endMs, peakUsers, users, loadedMs] = [fromMs, toMs, 0, 0, 0];
    for (const block of this.#blocks) {
      if (block.endMs <= fromMs || block.startMs >= toMs) continue;
      startMs = Math.min(startMs, block.startMs);
      endMs = Math.max(endMs, block.endMs);
      if (block.hasLoad) loadedMs += Math.min(toMs, block.endMs) - Math.max(fromMs, block.startMs);
      const { peak } = block.users;
      peakUsers = Math.max(peakUsers, peak);
      if (block.endMs >= toMs) users = peak;
      totals.merge(block.totals);
    }
    if (this.#isOfLoad) selectedEndpoint(this.#selector, totals);
    endMs = Math.max(toMs, Math.min(endMs, limitMs));
    const hasLoad = loadedMs >= toMs - fromMs;
    return { totals, startMs, endMs, hasLoad, durationMs: endMs - startMs, users, peakUsers };
  }

  /** Forgets the blocks that end at or before `ms`. */
  forgetBefore(ms: number): void {
    this.#blocks = this.#blocks.filter(({ endMs }) => endMs > ms);
  }

  #insert(startMs: number, endMs: number): Block {
    const block = { startMs, endMs, hasLoad: false, totals: new RunTotals(), users: new UsersBySecond() };
    const position = this.#blocks.findLastIndex((one) => one.startMs < startMs) + 1;
    this.#blocks.splice(position, 0, block);
    return block;
  }
}

/** Whether a user ran, or anything was done, in a window. */
export function isUnderLoad({ totals, users }: Pick<Window, "totals" | "users">): boolean {
  return users.peak > 0 || hasActivity(totals);
}

/** Whether a user had started, or anything was done, in these totals. */
export function hasActivity(totals: RunTotals): boolean {
  const { startedUsers, failedStarts, completedIterations, droppedIterations } = totals;
  return startedUsers + failedStarts + completedIterations + droppedIterations > 0 || totals.endpointCount > 0;
}

/** Adds to `to` the part of `from` that a threshold with this selector needs, with all endpoints merged into one. */
export function addSelected(selector: Selector, from: RunTotals, to: RunTotals): void {
  const { metric } = selector;
  const recorded = recordedName(selector);
  if (recorded !== null) addRecorded(recorded, from, to);
  else if (isGroupMetric(metric.name)) addGroups(selector, from, to);
  else if (isStreamMetric(metric.name)) addStreams(selector, from, to);
  else if (!metric.tags.includes("name")) to.mergeLoad(from);
  else {
    // Dropped iterations and failed starts count in the error budget.
    to.droppedIterations += from.droppedIterations;
    to.failedStarts += from.failedStarts;
    const slice = sliceOf(selector);
    if (slice !== null) to.addTo("slice", slice.key).merge(requestsOf(selector, from));
    else addRequests(selector, from, to);
  }
}

/** The endpoint under which the selected requests of the load are kept, so that the same selector finds it. */
function selectedEndpoint({ conditions }: Selector, totals: RunTotals): EndpointTotals {
  return totals.endpoint(conditionOn("method", conditions) ?? "", conditionOn("name", conditions) ?? "");
}

/**
 * Adds the requests of the load and those of `onStop` separately: only all seconds together show which of them the
 * threshold is about.
 */
function addRequests(selector: Selector, from: RunTotals, to: RunTotals): void {
  const { conditions } = selector;
  const load = from.merged(ofLoad(conditions));
  if (load.requests > 0) selectedEndpoint(selector, to).merge(load);
  const stop = from.merged(ofOnStop(conditions));
  if (stop.requests === 0) return;
  const [method, name] = [conditionOn("method", conditions) ?? "", conditionOn("name", conditions) ?? ""];
  to.endpoint(onStopKind(method), name).merge(stop);
}

function addRecorded(name: string, from: RunTotals, to: RunTotals): void {
  const samples = from.seriesOf("trend", name);
  if (samples !== undefined) to.addTo("trend", name).merge(samples);
  const scalar = from.metrics.get(name);
  if (scalar !== undefined) to.addMetric(name, scalar);
}

/** Adds the groups that a selector matches, each under its own path so that the same selector finds it. */
function addGroups({ conditions }: Selector, from: RunTotals, to: RunTotals): void {
  for (const group of from.groups()) {
    if (conditions.every((one) => meets(one, group.name))) to.addTo("group", group.name).merge(group);
  }
}

/** The value of a condition, used as the name of the selected endpoint so that the same selector finds it. */
function conditionOn(tag: string, conditions: readonly TagCondition[]): string | undefined {
  return conditions.find((one) => one.tag === tag && !one.isNot)?.value;
}
