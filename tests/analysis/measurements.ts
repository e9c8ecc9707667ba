import type { RunMeasurements } from "../../src/analysis/metric-source.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { type RecorderEvent, record, reportOf } from "../stats/recorder-events.ts";

export function request(name: string, ms: number, failed = false, method = "GET"): RecorderEvent {
  const failure = failed ? ({ kind: "5xx", message: "503" } as const) : null;
  return { kind: "request", method, name, micros: ms * 1_000, bytesIn: 100, bytesOut: 10, failure };
}

/** One run of a group: `pausedMs` of its time were pauses. */
export function group(path: string, activeMs: number, pausedMs: number, hasFailed = false): RecorderEvent {
  return { kind: "group", path, activeMicros: activeMs * 1_000, pausedMicros: pausedMs * 1_000, hasFailed };
}

/** A stream with an event after `firstMs`, and one after each gap. */
export function streamed(name: string, firstMs: number, ...gapsMs: readonly number[]): RecorderEvent {
  return { kind: "stream", name, firstMs, gapsMs };
}

export const iteration: RecorderEvent = { kind: "iteration", counter: "completedIterations" };

/** A run of 10 s in which `events` happened. */
export function measured(
  events: readonly RecorderEvent[],
  over: Partial<RunMeasurements> = {},
  recorder = new IntervalRecorder(),
): RunMeasurements {
  const totals = new RunTotals();
  totals.add(reportOf(record(events, recorder)));
  return { totals, durationMs: 10_000, users: 3, peakUsers: 8, ...over };
}
