import { unpackRanges } from "../core/ranges.ts";
import type { ScenarioSpec } from "../protocol/scenario-spec.ts";
import { type ControlAnswer, changed, refusal } from "./control-answer.ts";
import type { Membership } from "./membership.ts";
import type { RunParts, WatchedLoad } from "./run-context.ts";
import type { ConnectedWorker } from "./workers/connected-worker.ts";

/** The time from the start message to the start of the load: every worker must have received it by then. */
export const startDelayMs = 100;
/**
 * Late worker n numbers its iterations from n times this number on. That lasts for months at 10,000 iterations per
 * second.
 */
const iterationsOfLateWorker = 2 ** 36;

/** Why a worker is not drained. */
export type DrainRefusal = "unknown-worker" | "not-running" | "too-few-left";

/** Tells the workers what to do for the load of a run: start, change, leave, stop. */
export class WorkerOrders {
  readonly #run: RunParts;
  readonly #load: WatchedLoad;
  readonly #membership: Membership;

  constructor(run: RunParts, load: WatchedLoad, membership: Membership) {
    this.#run = run;
    this.#load = load;
    this.#membership = membership;
  }

  /** Starts the load on all workers at the same instant. The load must be committed before. */
  start(starters: readonly number[]): void {
    const { workers, timeline, journal, setup } = this.#run;
    const specs = starters.map((number) => this.#load.control.specsFor(number));
    // Set the start only now: the line above takes a while with many users and workers.
    const startAtMs = timeline.startIn(startDelayMs);
    starters.forEach((number, position) => {
      const worker = workers.find(number);
      const iterationNumbers = { first: position, step: starters.length };
      const scenarios = specs[position] ?? [];
      // A worker without a share waits until another worker leaves its share.
      if (scenarios.some(hasWork)) worker?.start({ startAtMs, iterationNumbers, setup, scenarios });
      if (worker !== undefined) journal.touch(worker);
    });
  }

  /**
   * Gives a worker that is ready its share of the load. A worker without a share waits, and is started when it gets
   * one.
   */
  admit(worker: ConnectedWorker): void {
    const { timeline, journal, setup, isTimeKnown } = this.#run;
    const { control, state } = this.#load;
    const { startAtMs } = timeline;
    // After a restart, the master may not know the time of the run yet, and neither does a worker that connected just
    // now.
    if (state !== "running" || startAtMs === null || !isTimeKnown) return;
    if (!control.workers.includes(worker.number)) this.#membership.joined(worker);
    const scenarios = control.specsFor(worker.number);
    if (!scenarios.some(hasWork)) return;
    const iterationNumbers = { first: worker.number * iterationsOfLateWorker, step: 1 };
    worker.start({ startAtMs, iterationNumbers, setup, scenarios });
    journal.touch(worker);
  }

  /** Sends a reconnected worker its current orders: to stop, to leave, or its share of the load. */
  instruct(worker: ConnectedWorker): void {
    const { stop } = this.#run;
    const { control, isActive } = this.#load;
    if (!isActive || stop.isMade) worker.stop(stop.timeoutMs);
    else if (worker.state.isLeaving) worker.leave(stop.timeoutMs);
    else worker.update(control.specsFor(worker.number));
  }

  stop(): void {
    const { workers, stop } = this.#run;
    for (const worker of workers.all) worker.stop(stop.timeoutMs);
  }

  /** Drains one worker if the run can continue without it. */
  drain(number: number): ControlAnswer<DrainRefusal> {
    const { workers, options } = this.#run;
    const worker = workers.find(number);
    if (worker === undefined) return refusal("unknown-worker");
    if (worker.state.isLeaving) return changed;
    if (worker.status !== "running") return refusal("not-running");
    const others = workers.all.filter((one) => one !== worker && one.status === "running" && !one.state.isLeaving);
    if (others.length < options.minWorkers) return refusal("too-few-left");
    worker.leave(options.stopTimeoutMs);
    return changed;
  }
}

/**
 * Whether a worker with this specification has something to do. With no user of a counted load, it would end at once
 * and could not take over anything.
 */
function hasWork(spec: ScenarioSpec): boolean {
  return spec.kind !== "iterations" || unpackRanges(spec.virtualUsers).length > 0;
}
