import type { RunPhase } from "../core/run.ts";

/** A run without what is long. Times are ISO 8601. */
export interface RunSummary {
  readonly id: string;
  readonly createdAt: string;
  /** The phase that its master has come to. A run in any but the last can be resumed. */
  readonly state: RunPhase;
  readonly testName: string;
  readonly profile: string;
  readonly host: string;
  readonly bundleHash: string;
  /** The first virtual user's start; null while there is none. */
  readonly startedAt: string | null;
  /** When its master last wrote it; null while it has not. */
  readonly activeAt: string | null;
  /** Given by a person; no other run of the store has it. */
  readonly name: string | null;
  /** Given by a person, in alphabetical order. */
  readonly tags: readonly string[];
}

export interface RunRecord extends RunSummary {
  /** Everything that the run was asked to do: JSON. */
  readonly specification: unknown;
  /** What is known of it before it begins, for its reports: JSON; null in runs that are older than this. */
  readonly facts: unknown;
  /** How it stands, as its master needs it to go on: JSON; null before. */
  readonly progress: unknown;
  /** What the test's setup returned: JSON; null before. */
  readonly setup: unknown;
  /** What only its master knew when it ended, as the result needs it: JSON; null before, and in runs that are older than this. */
  readonly ended: unknown;
  /** JSON; null before there is one. */
  readonly result: unknown;
}

/** A test, with what it needs to be loaded again. */
export interface StoredBundle {
  readonly hash: string;
  readonly source: string;
  /** Large files that it imports. They are kept until its runs have finished. */
  readonly data: readonly { readonly hash: string; readonly bytes: Uint8Array }[];
}

export interface NewRun
  extends Pick<RunRecord, "id" | "createdAt" | "testName" | "profile" | "host" | "specification" | "facts"> {
  readonly bundle: StoredBundle;
}

/** Only what is named changes. */
export type RunChange = Partial<
  Pick<RunRecord, "state" | "startedAt" | "activeAt" | "setup" | "progress" | "ended" | "result">
>;
