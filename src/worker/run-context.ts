import type { IntervalRecorder } from "../stats/interval-recorder.ts";
import type { VirtualUserClient } from "./http/client.ts";
import type { IterationNumbers } from "./iteration-numbers.ts";
import type { RecordedParts } from "./recorded-parts.ts";
import type { UserClass } from "./user/user-class.ts";

/** What all virtual users of a run share. */
export interface RunContext {
  readonly profile: string;
  readonly seed: number;
  readonly setup: Readonly<Record<string, unknown>>;
  /** After a user's `onStart` threw for the first time; each time after that it waits twice as long. */
  readonly startRetryMs: number;
  readonly recorder: IntervalRecorder;
  readonly parts: RecordedParts;
  readonly iterationNumbers: IterationNumbers;
  /** Says something about the test while it runs, once for each `key`. */
  warnOnce(key: string, text: string): void;
  newClient(scenario: string, userClass: UserClass): VirtualUserClient;
}
