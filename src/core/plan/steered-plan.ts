import { type Plan, valueAt } from "./plan.ts";
import { paused, rampTo, resumed } from "./plan-edit.ts";

/** A time in which a plan was paused, in ms since the start of the run. */
export interface PlanPause {
  readonly fromMs: number;
  /** The time when the value of the plan was reached again; Infinity if it never was. */
  readonly toMs: number;
}

/** A plan that is edited while it runs. Each edit keeps the part of the plan before it. */
export class SteeredPlan {
  #plan: Plan;
  /** While paused: the plan as it was, and the time of the pause. */
  #pause: { readonly plan: Plan; readonly sinceMs: number } | null = null;
  readonly #pauses: PlanPause[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  get current(): Plan {
    return this.#plan;
  }

  /** The pauses so far, in order. A pause after the end of the plan does not count. */
  get pauses(): readonly PlanPause[] {
    if (this.#pause === null || this.#pause.plan === this.#plan) return this.#pauses;
    return [...this.#pauses, { fromMs: this.#pause.sinceMs, toMs: Number.POSITIVE_INFINITY }];
  }

  /** The value of the plan at a time; during a pause, the value with which it will continue. */
  valueAt(atMs: number): number {
    return this.#pause === null ? valueAt(this.#plan, atMs) : valueAt(this.#pause.plan, this.#pause.sinceMs);
  }

  replace(plan: Plan): void {
    this.#plan = plan;
  }

  /** Ramps linearly to `target` from `atMs` on; during a pause, from its end on. */
  rampTo(target: number, atMs: number, perSecond: number): void {
    if (this.#pause === null) this.#plan = rampTo(this.#plan, atMs, target, perSecond);
    else this.#pause = { ...this.#pause, plan: rampTo(this.#pause.plan, this.#pause.sinceMs, target, perSecond) };
  }

  pause(atMs: number): void {
    if (this.#pause !== null) return;
    this.#pause = { plan: this.#plan, sinceMs: atMs };
    this.#plan = paused(this.#plan, atMs);
  }

  /** Continues the plan where it was paused, delayed by the pause and the ramp after it. */
  resume(atMs: number, perSecond: number): void {
    if (this.#pause === null) return;
    const { plan, sinceMs } = this.#pause;
    this.#plan = resumed(plan, sinceMs, atMs, perSecond);
    this.#pause = null;
    if (this.#plan === plan) return;
    const rampMs = (valueAt(plan, sinceMs) / perSecond) * 1_000;
    this.#pauses.push({ fromMs: sinceMs, toMs: atMs + rampMs });
  }
}

/** The users per second of the first rise of a plan; Infinity if it only jumps. */
export function firstSpawnRate({ points }: Plan): number {
  for (const [position, point] of points.entries()) {
    const before = points[position - 1];
    if (before === undefined || point.value <= before.value) continue;
    const seconds = (point.atMs - before.atMs) / 1_000;
    return seconds > 0 ? (point.value - before.value) / seconds : Number.POSITIVE_INFINITY;
  }
  return Number.POSITIVE_INFINITY;
}
