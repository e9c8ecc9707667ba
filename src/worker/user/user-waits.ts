import type { Random } from "../../core/random.ts";
import { VirtualUserStopped } from "../http/response/failure.ts";
import { Sleep } from "../time/alarm-clock.ts";
import type { OpenGroup } from "./open-group.ts";
import type { Pauser } from "./pause.ts";
import type { CompiledTask, UserClass } from "./user-class.ts";

/** The waits of one user: its pauses, and the sleeps in the code of the test. */
export class UserSleeps {
  /** True if an abort has ended a sleep early. */
  wasCutShort = false;
  readonly #all = new Set<Sleep>();

  /** Whether a wait is pending. */
  get isOpen(): boolean {
    return this.#all.size > 0;
  }

  /** Resolves after this time, or when `look` is called and `isOver` returns true. */
  wait(durationMs: number, isOver: () => boolean): Promise<void> {
    return Sleep.begin(durationMs, isOver, this.#all);
  }

  /** Sleeps for the code of the test, in `group` if it is in one. Rejects if the user is aborted meanwhile. */
  sleep(durationMs: number, isAborted: () => boolean, group: OpenGroup | null): Promise<void> {
    group?.sleepBegan(performance.now());
    const slept = this.wait(durationMs, isAborted).then(() => {
      group?.sleepEnded(performance.now());
      if (!isAborted()) return;
      this.wasCutShort = true;
      throw new VirtualUserStopped();
    });
    // An unawaited sleep must not end the process when it rejects.
    slept.catch(() => {});
    return slept;
  }

  /** Checks all waits, because a change may have ended some of them. */
  look(): void {
    for (const sleep of this.#all) sleep.look();
  }
}

/** The pause when the code that computes it throws, in ms. */
const defaultPauseMs = 1_000;

/** Computes the pauses of one user after its iterations, according to its class. */
export class UserPause {
  readonly #pausers: readonly Pauser[];
  readonly #report: (error: unknown) => void;

  private constructor(pausers: readonly Pauser[], report: (error: unknown) => void) {
    this.#pausers = pausers;
    this.#report = report;
  }

  /** Returns null if the class has no pause. `report` is called with exceptions of a pause function in the test. */
  static of({ createPausers }: UserClass, random: Random, report: (error: unknown) => void): UserPause | null {
    if (createPausers.length === 0) return null;
    return new UserPause(
      createPausers.map((create) => create(random)),
      report,
    );
  }

  /**
   * Returns the pause, in ms, after an iteration of the task that began at `startedMs` and ends now; 1 s if the pause
   * function throws.
   */
  lengthMs({ pause }: CompiledTask, startedMs: number): number {
    try {
      return this.#pausers[pause]?.(startedMs, performance.now()) ?? 0;
    } catch (error) {
      this.#report(error);
      return defaultPauseMs;
    }
  }
}
