import type { Random } from "../../core/random.ts";
import type { UserClass } from "./user-class.ts";

/** In place of a pause that could not be worked out. */
const defaultPauseMs = 1_000;

/** How long one user pauses after an iteration, as its class says. */
export class UserPause {
  readonly #lengthMs: (startedMs: number, endedMs: number) => number;
  readonly #report: (error: unknown) => void;

  private constructor(lengthMs: (startedMs: number, endedMs: number) => number, report: (error: unknown) => void) {
    this.#lengthMs = lengthMs;
    this.#report = report;
  }

  /** Null for no pause. `report` hears of what the test's own pause throws. */
  static of({ createPauser }: UserClass, random: Random, report: (error: unknown) => void): UserPause | null {
    return createPauser === null ? null : new UserPause(createPauser(random), report);
  }

  /** Since an iteration that began at `startedMs` and ends now. One that throws lasts 1 s. */
  lengthMs(startedMs: number): number {
    try {
      return this.#lengthMs(startedMs, performance.now());
    } catch (error) {
      this.#report(error);
      return defaultPauseMs;
    }
  }
}
