import type { HttpClient } from "./http.ts";
import type { MeasurementOptions } from "./measurement-tags.ts";

/** One virtual user, as its tasks see it. */
export interface VirtualUser<
  State extends object = Record<string, unknown>,
  Setup extends object = Record<string, unknown>,
> {
  /** Unique over the whole run and all workers: 0, 1, 2, … */
  readonly index: number;
  readonly className: string;
  readonly profile: string;
  /** The scenario that the user belongs to; "default" when the load is a single one. */
  readonly scenario: string;
  /** How many iterations this user has finished. */
  readonly iteration: number;
  /**
   * The number of this iteration, which no other of the run has, whatever its worker, class and scenario: for rows of data
   * that are to be used once. Without gaps from 0 while all workers begin equally many. -1 in `onStart`.
   */
  readonly iterationInRun: number;
  /** This user's own; starts as what the class's `state()` returned, or empty. */
  readonly state: State;
  /** What the test's `setup` returned; of its type where the class names it (`setup` in `defineUser`). */
  readonly setup: Readonly<Setup>;
  readonly http: HttpClient;
  /** Counts a named check and returns whether it held. A failed check does not fail the request or the iteration. */
  check(name: string, passed: boolean, options?: MeasurementOptions): boolean;
  /** Uniform in [0, 1), from this user's own seeded stream: `--seed` makes it repeatable. */
  random(): number;
  /** Waits, e.g. `"500ms"`. Rejects when the user is aborted at the end of the run. */
  sleep(duration: string): Promise<void>;
}

/** What `setup` and `teardown` get. Their requests are reported apart and take no part in the verdict. */
export interface LifecycleContext {
  readonly profile: string;
  readonly runId: string;
  readonly http: HttpClient;
  /** What `setup` returned; empty during `setup` itself and when there is none. */
  readonly setup: Readonly<Record<string, unknown>>;
}
