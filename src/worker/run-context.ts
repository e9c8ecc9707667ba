import type { VirtualUser } from "../scenario/definition/virtual-user.ts";
import type { IntervalRecorder } from "../stats/interval-recorder.ts";
import type { VirtualUserClient } from "./http/client.ts";
import type { IterationNumbers } from "./iteration-numbers.ts";
import type { RecordedParts } from "./recorded-parts.ts";
import type { UserClass } from "./user/user-class.ts";

/** The parts of a run that all its virtual users share. */
export interface RunContext {
  readonly profile: string;
  readonly seed: number;
  readonly setup: Readonly<Record<string, unknown>>;
  /** The wait before `onStart` is retried after its first failure, in ms; it doubles with each failure. */
  readonly startRetryMs: number;
  readonly recorder: IntervalRecorder;
  readonly parts: RecordedParts;
  readonly iterationNumbers: IterationNumbers;
  /** Logs a warning about the test, once per `key`. */
  warnOnce(key: string, text: string): void;
  newClient(scenario: string, userClass: UserClass, user: VirtualUser<object>): VirtualUserClient;
}
