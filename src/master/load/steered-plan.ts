import { type Plan, valueAt } from "../../core/plan/plan.ts";
import { paused, rampTo, resumed } from "../../core/plan/plan-edit.ts";

/** A plan that is edited while it is carried out. No edit changes the past. */
export class SteeredPlan {
  #plan: Plan;
  /** While paused: the plan before the pause, and when the pause began. */
  #pause: { readonly plan: Plan; readonly sinceMs: number } | null = null;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  get current(): Plan {
    return this.#plan;
  }

  /** The value of the plan at a moment; during a pause, the value that it resumes with. */
  valueAt(atMs: number): number {
    return this.#pause === null ? valueAt(this.#plan, atMs) : valueAt(this.#pause.plan, this.#pause.sinceMs);
  }

  replace(plan: Plan): void {
    this.#plan = plan;
  }

  /** Ramps straight to `target` from `atMs` on; during a pause, from its end on. */
  rampTo(target: number, atMs: number, perSecond: number): void {
    if (this.#pause === null) this.#plan = rampTo(this.#plan, atMs, target, perSecond);
    else this.#pause = { ...this.#pause, plan: rampTo(this.#pause.plan, this.#pause.sinceMs, target, perSecond) };
  }

  pause(atMs: number): void {
    if (this.#pause !== null) return;
    this.#pause = { plan: this.#plan, sinceMs: atMs };
    this.#plan = paused(this.#plan, atMs);
  }

  /** Resumes the plan where it was paused, delayed by the pause. */
  resume(atMs: number, perSecond: number): void {
    if (this.#pause === null) return;
    this.#plan = resumed(this.#pause.plan, this.#pause.sinceMs, atMs, perSecond);
    this.#pause = null;
  }
}
