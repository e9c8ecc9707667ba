import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunTotals, type Summand } from "../../src/stats/run-totals.ts";
import { UsersBySecond } from "../../src/stats/users-by-second.ts";
import type { StoredWindow, Window } from "../../src/stats/windows.ts";
import type { RunReader } from "../../src/store/run-reader.ts";
import type { NewRun } from "../../src/store/run-record.ts";
import { Store } from "../../src/store/store.ts";
import { type RecorderEvent, record, reportOf, totalsContent } from "../stats/recorder-events.ts";

/** In memory where Linux offers that: these tests do not cut the power, and would only wait for the disk. */
const parent = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A folder for a store, which is deleted at the end of the block. */
export class StoreFolder {
  readonly path = mkdtempSync(join(parent, "muster-store-"));

  open(): Store {
    return Store.open(this.path);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export function newRun(id: string, createdAt = "2026-01-02T03:04:05.678Z"): NewRun {
  return {
    id,
    createdAt,
    testName: "test.ts",
    profile: "default",
    host: "http://127.0.0.1:8000",
    specification: { seed: 1 },
    facts: { seed: 2 },
    bundle: { hash: "cafe", source: "export default 1;", data: [] },
  };
}

/** Requests of one endpoint; each took `micros`. */
export function requests(count: number, name = "/jobs", micros = 1_000): RecorderEvent[] {
  const request = { kind: "request", method: "GET", name, micros, bytesIn: 10, bytesOut: 5, failure: null } as const;
  return Array.from({ length: count }, () => request);
}

export function failure(message: string, name = "/jobs"): RecorderEvent {
  const [request] = requests(1, name);
  return { ...request, failure: { kind: "5xx", message } } as RecorderEvent;
}

/** The delta of some reports for one time of the run, as the master builds it. */
export function deltaOf(
  startSecond: number,
  summands: readonly Summand[],
  { seconds = 1, users = {} as Readonly<Record<string, number>> } = {},
): Window {
  const totals = new RunTotals();
  for (const summand of summands) totals.add(summand);
  const peakUsers = Object.values(users).reduce((sum, count) => sum + count, 0);
  const [startMs, widthMs] = [startSecond * 1_000, seconds * 1_000];
  const bySecond = new UsersBySecond();
  bySecond.add(startMs, widthMs, peakUsers, Object.entries(users));
  return { startMs, widthMs, totals, users: bySecond };
}

export function delta(
  startSecond: number,
  events: readonly RecorderEvent[],
  options?: Parameters<typeof deltaOf>[2],
): Window {
  return deltaOf(startSecond, [reportOf(record(events))], options);
}

/** The result of `look` on a snapshot of the run. */
export function reading<Result>(store: Store, id: string, look: (reader: RunReader) => Result): Result {
  using reader = store.reader(id);
  return look(reader);
}

export function storedWindows(store: Store, id: string): StoredWindow[] {
  return reading(store, id, (reader) => [...reader.windows()]);
}

/** [from, to) of each window, in seconds. */
export function spansOf(store: Store, id: string): [number, number][] {
  return storedWindows(store, id).map(({ startMs, widthMs }) => [startMs / 1_000, (startMs + widthMs) / 1_000]);
}

export function storedTotals(store: Store, id: string) {
  return reading(store, id, (reader) => totalsContent(reader.totals()));
}
