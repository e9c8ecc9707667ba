import type { FailureKind } from "../../src/core/failure-kind.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { UsersBySecond } from "../../src/stats/users-by-second.ts";
import type { Window } from "../../src/stats/windows.ts";
import { type RecorderEvent, record, reportOf } from "../stats/recorder-events.ts";

export interface WindowContents {
  /** Response times in ms, one request each. */
  readonly times: readonly number[];
  /** The number of failed requests, from the last one backwards. */
  readonly failures?: readonly (readonly [FailureKind, number])[];
  readonly name?: string;
  readonly widthMs?: number;
  readonly users?: number;
  /** Iterations that ended, default the number of requests; and those that were dropped. */
  readonly iterations?: number;
  readonly dropped?: number;
  /** The schedule lags of iterations, in ms. */
  readonly lags?: readonly number[];
}

/** Builds a window with these contents. */
export function measuredWindow(startMs: number, contents: WindowContents): Window {
  const { times, failures = [], name = "/jobs", widthMs = 1_000, users = 5, dropped = 0, lags = [] } = contents;
  const kinds = failures.flatMap(([kind, count]) => Array<FailureKind>(count).fill(kind));
  const many = (count: number, counter: "completedIterations" | "droppedIterations"): RecorderEvent[] =>
    Array.from({ length: count }, () => ({ kind: "iteration", counter }));
  const events: RecorderEvent[] = [
    ...times.map((ms, index): RecorderEvent => {
      const kind = kinds[times.length - 1 - index];
      const failure = kind === undefined ? null : { kind, message: kind };
      return { kind: "request", method: "GET", name, micros: ms * 1_000, bytesIn: 100, bytesOut: 10, failure };
    }),
    ...many(contents.iterations ?? times.length, "completedIterations"),
    ...many(dropped, "droppedIterations"),
    ...lags.map((ms): RecorderEvent => ({ kind: "arrival", lagMicros: ms * 1_000, blockedMicros: 0 })),
  ];
  const recorder = new IntervalRecorder(lags.length > 0);
  const totals = new RunTotals();
  totals.add(reportOf(record(events, recorder)));
  const bySecond = new UsersBySecond();
  bySecond.add(startMs, widthMs, users, []);
  return { startMs, widthMs, users: bySecond, totals };
}
