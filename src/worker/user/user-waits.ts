import type { Random } from "../../core/random.ts";
import { VirtualUserStopped } from "../http/response/failure.ts";
import { Sleep } from "../time/alarm-clock.ts";
import type { UserClass } from "./user-class.ts";

/** The waits of one user: its pauses, and those that its test asks for. */
export class UserSleeps {
  /** An abort has ended a wait of the test's before its time. */
  wasCutShort = false;
  readonly #all = new Set<Sleep>();

  /** Whether a wait has not ended. */
  get isOpen(): boolean {
    return this.#all.size > 0;
  }

  /** Ends with its time, or when `look` is called and `isOver` agrees. */
  wait(durationMs: number, isOver: () => boolean): Promise<void> {
    return Sleep.begin(durationMs, isOver, this.#all);
  }

  /** For the test. Rejects when the user is aborted meanwhile. */
  sleep(durationMs: number, isAborted: () => boolean): Promise<void> {
    const slept = this.wait(durationMs, isAborted).then(() => {
      if (!isAborted()) return;
      this.wasCutShort = true;
      throw new VirtualUserStopped();
    });
    // A test that does not wait for it must not end the process.
    slept.catch(() => {});
    return slept;
  }

  /** Something has changed that may end waits. */
  look(): void {
    for (const sleep of this.#all) sleep.look();
  }
}

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
