import type { RunPhase } from "../core/run.ts";

/** A run without its large fields. Times are ISO 8601. */
export interface RunSummary {
  readonly id: string;
  readonly createdAt: string;
  /** The current phase. A run in any phase except "finished" can be resumed. */
  readonly state: RunPhase;
  readonly testName: string;
  readonly profile: string;
  readonly host: string;
  readonly bundleHash: string;
  /** When the first virtual user started; null before. */
  readonly startedAt: string | null;
  /** When its master last wrote to the run; null if it never did. */
  readonly activeAt: string | null;
  /** The name that a person gave the run, unique in the store; null if it has none. */
  readonly name: string | null;
  /** The tags that a person gave the run, in alphabetical order. */
  readonly tags: readonly string[];
}

export interface RunRecord extends RunSummary {
  /** The complete specification of the run, as JSON. */
  readonly specification: unknown;
  /** The facts known before its start, for reports, as JSON; null in older runs. */
  readonly facts: unknown;
  /** The progress of the run, from which its master can resume it, as JSON; null before the start. */
  readonly progress: unknown;
  /** The result of the test's setup, as JSON; null before. */
  readonly setup: unknown;
  /**
   * The facts for the result that only its master knew at the end of the run, as JSON; null before, and in older runs.
   */
  readonly ended: unknown;
  /** The result, as JSON; null before. */
  readonly result: unknown;
}

/** The activity of a run, by which a master notices that another one writes the same run. */
export interface RunActivity {
  /** The number of writers so far. */
  readonly writers: number;
  /** The time of the last commit, ISO 8601; null if there was none. */
  readonly activeAt: string | null;
}

/** A test with everything that is needed to load it again. */
export interface StoredBundle {
  readonly hash: string;
  readonly source: string;
  /** The large data files that it imports, kept until its runs have finished. */
  readonly data: readonly { readonly hash: string; readonly bytes: Uint8Array }[];
}

export interface NewRun
  extends Pick<RunRecord, "id" | "createdAt" | "testName" | "profile" | "host" | "specification" | "facts"> {
  readonly bundle: StoredBundle;
}

/** A change of a run; missing fields stay the same. */
export type RunChange = Partial<
  Pick<RunRecord, "state" | "startedAt" | "activeAt" | "setup" | "progress" | "ended" | "result">
>;

/** A live master writes to the store once a second. If it has not for this long, it has ended or is suspended. */
const silentAfterMs = 10_000;

/**
 * Whether the master of a run has ended without ending the run. Such a run can be resumed.
 * @param nowMs ms since 1970
 * @param silentMs the time without a write after which the master counts as ended
 */
export function isInterrupted(
  { state, activeAt, createdAt }: Pick<RunSummary, "state" | "activeAt" | "createdAt">,
  nowMs: number,
  silentMs = silentAfterMs,
): boolean {
  return state !== "finished" && nowMs - Date.parse(activeAt ?? createdAt) > silentMs;
}
