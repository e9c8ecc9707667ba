import { RunTotals, type Summand } from "./run-totals.ts";
import { type StoredUsers, UsersBySecond } from "./users-by-second.ts";

/**
 * The measurements of all workers in one part of a run, or the part of it that some reports add. Start and width are in ms
 * since the start of the run, in whole seconds. Most windows are 1 s wide; a window is wider if a worker could not report for
 * a while, or if the store has merged old windows.
 */
export interface Window {
  readonly startMs: number;
  readonly widthMs: number;
  readonly totals: RunTotals;
  readonly users: UsersBySecond;
}

/** A window in the store. Its histograms are encoded; `RunTotals.add` decodes them. */
export interface StoredWindow extends Summand, StoredUsers {
  /** The highest number of virtual users at the same time, in the fullest second of the window. */
  readonly peakUsers: number;
  /** The highest number of virtual users of each class at the same time. */
  readonly users: StoredUsers["users"];
  /** Always empty: the store keeps the errors of a run, not of a window. */
  readonly errors: readonly [];
}

/** Decodes stored windows one at a time, because each takes about 50 KB per endpoint. */
export function* decodedWindows(windows: Iterable<StoredWindow>): Generator<Window, void, void> {
  for (const window of windows) {
    const { startMs, widthMs } = window;
    const totals = new RunTotals();
    totals.add(window);
    const users = new UsersBySecond();
    users.addStored(window);
    yield { startMs, widthMs, totals, users };
  }
}
