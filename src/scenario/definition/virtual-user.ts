import type { HttpClient } from "./http.ts";
import type { MeasuredCall, MeasureOptions } from "./measure.ts";
import type { MeasurementOptions } from "./measurement-tags.ts";
import type { UserWebSocket, WebSocketOptions } from "./protocols/websocket.ts";

export type StopVerdict = "passed" | "failed" | "invalid";

export interface RendezvousOptions {
  /** The number of users that wait for each other. */
  readonly users: number;
  /** The longest wait of the first user; default "1m". */
  readonly timeout?: string;
}

/** One virtual user, as its tasks see it (k6's VU, Locust's `User`). */
export interface VirtualUser<
  State extends object = Record<string, unknown>,
  Setup extends object = Record<string, unknown>,
> {
  /** The number of the user: 0, 1, 2, … It is unique in the run, over all workers. */
  readonly index: number;
  readonly className: string;
  readonly profile: string;
  /** The scenario of the user; "default" if the load has no scenarios. */
  readonly scenario: string;
  /** The number of iterations that this user has finished. */
  readonly iteration: number;
  /**
   * The number of this iteration: unique in the run, over all workers, classes and scenarios. Use it to take each row of data
   * once. Numbers start at 0 and have no gaps as long as all workers start the same number of iterations. -1 in `onStart`.
   */
  readonly iterationInRun: number;
  /** The state of this user: at first the value that `state()` of its class returned, or empty. */
  readonly state: State;
  /** The value that the test's `setup` returned. It is typed if the class names `setup` (see `defineUser`). */
  readonly setup: Readonly<Setup>;
  readonly http: HttpClient;
  /**
   * A signal that is aborted when the user has to stop, because it leaves or the load ends. Pass it to code that waits for a
   * long time, so that the wait does not last until `--stop-timeout`.
   */
  readonly signal: AbortSignal;
  /** Counts a check and returns whether it passed. A failed check does not fail the request or the iteration. */
  check(name: string, passed: boolean, options?: MeasurementOptions): boolean;
  /**
   * Runs `code` as a group (a transaction), and returns its result. The results of the run contain the time of each group,
   * its count and its failures. A group has failed if a request in it failed, or if its code threw. Groups can be nested: the
   * path of a group in another group is "checkout::pay". Metrics: `group_duration{group:checkout::pay}` (with the time of
   * `vu.sleep`, as in k6), `group_active_time` (without), `group_failures`.
   * @throws InvalidValue if the name is empty or contains "::"; else what `code` throws
   */
  group<Value>(name: string, code: () => Value): Promise<Awaited<Value>>;
  /**
   * Runs `code` and records it as an endpoint, such as `SQL select jobs`: its response time (from when the iteration was
   * due), its service time, and a failure if it throws or calls `fail`. Its result or its exception is passed on. Use this to
   * generate load with any client. The work counts in totals, targets and thresholds like a request, unless other measures or
   * requests run in it: then those count, and its kind is shown in parentheses.
   * @throws InvalidValue for an invalid argument; RequestTimeout when `timeout` has passed; else what `code` throws
   */
  measure<Value>(name: string, code: (call: MeasuredCall) => Value, options?: MeasureOptions): Promise<Awaited<Value>>;
  /**
   * Opens a WebSocket to a path of the host, or to a ws: or wss: URL, with the cookies, headers and TLS settings of this
   * user. The connect is recorded as an endpoint, such as `WS connect /chat`, with its phases. The socket remains open when
   * the iteration ends, and is closed when the user ends.
   * @throws InvalidValue or InvalidRequest for an invalid argument; else the reason why the socket was not opened, which is
   *   recorded
   */
  websocket(url: string, options?: WebSocketOptions): Promise<UserWebSocket>;
  /** Returns a uniform random number in [0, 1) from this user's own generator. `--seed` makes it repeatable. */
  random(): number;
  /**
   * Leaves the innermost task set of this task when the iteration ends (Locust's `interrupt()`), however often the set
   * repeats.
   * @throws InvalidValue if the task is not in a task set
   */
  leave(): void;
  /**
   * Stops this user: it finishes its iteration, runs `onStop`, and is not started again (Locust's `StopUser`). The code
   * continues: return after it to end the iteration.
   */
  stop(): void;
  /**
   * Stops the run for all users of all workers: they finish their iterations within `--stop-timeout`. This user stops, too.
   * The code continues: return after it.
   * @param reason is part of the result
   * @param verdict "failed" (default, exit code 99) or "invalid" (110); "passed" lets the thresholds decide
   */
  stopRun(reason: string, verdict?: StopVerdict): void;
  /**
   * Waits until the given number of users, over all workers, wait under this name; then it resolves to true for all of them.
   * It resolves to false if `timeout` has passed since the first user began to wait, or if this user has to stop.
   */
  rendezvous(name: string, options: RendezvousOptions): Promise<boolean>;
  /** Waits for a duration such as `"500ms"`. Rejects if the user is aborted at the end of the run. */
  sleep(duration: string): Promise<void>;
}

/** The argument of `setup` and `teardown`. Their requests are reported separately and do not count for the verdict. */
export interface LifecycleContext {
  readonly profile: string;
  readonly runId: string;
  readonly http: HttpClient;
  /** The value that `setup` returned; empty in `setup` itself and without a `setup`. */
  readonly setup: Readonly<Record<string, unknown>>;
}
