/** How much load, as a test file says it. Compiled into a plan (`core/plan.ts`) when the run is resolved. */
export type Load = ClosedLoad;

export type ClosedLoad = ConstantUsers | StagedUsers;

/** `users` are started at `spawnRate` per second and stay until `duration` after the start. */
export interface ConstantUsers {
  readonly kind: "closed";
  readonly users: number;
  /** Users per second. */
  readonly spawnRate: number;
  /** From the start of the run, the ramp included. */
  readonly duration: string;
}

/** Straight lines from target to target; a stage of "0s" is a jump. */
export interface StagedUsers {
  readonly kind: "closed-stages";
  readonly stages: readonly Stage[];
  readonly startUsers: number;
}

export interface Stage {
  readonly duration: string;
  readonly target: number;
}

/** A closed load: each user waits for its own answers, so a slower service gets fewer requests. */
export function closed(load: { users: number; spawnRate: number; duration: string }): ConstantUsers;
export function closed(load: { stages: readonly Stage[]; startUsers?: number }): StagedUsers;
export function closed(
  load: { users: number; spawnRate: number; duration: string } | { stages: readonly Stage[]; startUsers?: number },
): ClosedLoad {
  if ("stages" in load) return { startUsers: 0, ...load, kind: "closed-stages" };
  return { ...load, kind: "closed" };
}
