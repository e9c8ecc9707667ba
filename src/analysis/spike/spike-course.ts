import type { CarriedPlan } from "../../core/plan/steering.ts";
import type { InterruptedTime } from "../load/interrupted-times.ts";
import { type SpikeSchedule, windowMs } from "./spike-window.ts";

/** The actual course of a spike: its times include the pauses before it. */
export interface SpikeCourse extends SpikeSchedule {
  /** The end of the base load after the spike: the next spike, a pause, a change of the load, or the end of the run. */
  readonly watchedToMs: number;
  /** The reason why the observation after the spike ended before its planned end; null if it did not. */
  readonly cutShortBecause: string | null;
  /** The reason why the load of the spike was not the planned one; null if it was. */
  readonly disturbedBecause: string | null;
  /** The times in which a part of the load was not generated, in order: such seconds do not show a recovery. */
  readonly interrupted: readonly InterruptedTime[];
}

/** The actual load of a run with spikes. */
export interface CarriedSpikes {
  readonly carried: CarriedPlan;
  /** The end of the load, in ms. */
  readonly endMs: number;
  /** The end of the load by its plan, with the pauses of the run; Infinity if a pause did not end. */
  readonly plannedEndMs: number;
  /** The times in which a part of the load was not generated, in order. */
  readonly interrupted?: readonly InterruptedTime[];
}

interface Disturbance {
  readonly atMs: number;
  readonly what: string;
}

/**
 * Finds out how each planned spike was carried out: a pause before it delays it, and a pause or a change during it makes
 * its load different from the planned one.
 */
export function spikeCourses(planned: readonly SpikeSchedule[], load: CarriedSpikes): SpikeCourse[] {
  const { carried, endMs, plannedEndMs } = load;
  const disturbances = disturbancesOf(load);
  const { interrupted = [] } = load;
  return planned.map((spike, index) => {
    const riseMs = carried.runMs(spike.riseMs);
    const [peakMs, dropMs] = [carried.runMs(spike.peakMs), carried.runMs(spike.dropMs)];
    const next = planned[index + 1];
    const plannedToMs = next === undefined ? plannedEndMs : carried.runMs(next.riseMs);
    const after = disturbances.find(({ atMs }) => atMs >= dropMs);
    const watchedToMs = Math.min(plannedToMs, after?.atMs ?? endMs);
    return {
      riseMs,
      peakMs,
      dropMs,
      watchedToMs,
      cutShortBecause: watchedToMs < plannedToMs - windowMs && after !== undefined ? after.what : null,
      disturbedBecause:
        disturbedBecause(disturbances, riseMs, dropMs) ?? interruptedBecause(interrupted, riseMs, dropMs),
      interrupted,
    };
  });
}

function disturbedBecause(disturbances: readonly Disturbance[], riseMs: number, dropMs: number): string | null {
  // Without a rise, the load was paused and not resumed.
  if (riseMs === Number.POSITIVE_INFINITY) return `${paused} before it`;
  const before = disturbances.find(({ atMs, what }) => what !== paused && atMs <= riseMs);
  if (before !== undefined) return `${before.what} before it`;
  const during = disturbances.find(({ atMs }) => atMs > riseMs && atMs < dropMs);
  return during === undefined ? null : `${during.what} during it`;
}

/** A loss before the rise matters if no other worker had taken over by then. */
function interruptedBecause(interrupted: readonly InterruptedTime[], riseMs: number, dropMs: number): string | null {
  const during = interrupted.find(({ fromMs, toMs }) => fromMs < dropMs && toMs > riseMs);
  return during === undefined ? null : `${during.what} during it`;
}

const paused = "the load was paused";

function disturbancesOf({ carried: { pauses, changedMs }, endMs }: CarriedSpikes): Disturbance[] {
  return [
    ...pauses.map(({ fromMs }) => ({ atMs: fromMs, what: paused })),
    ...changedMs.map((atMs) => ({ atMs, what: "the load was changed" })),
    { atMs: endMs, what: "the run was ended" },
  ].sort((a, b) => a.atMs - b.atMs);
}
