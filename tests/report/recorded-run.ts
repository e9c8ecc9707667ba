import type { RecordedRun } from "../../src/report/result/recording.ts";
import { resultOf } from "../../src/report/result/result-of.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { storedRunData } from "../../src/report/result/stored-run-data.ts";
import type { Window } from "../../src/stats/windows.ts";
import type { Batch } from "../../src/store/batch.ts";
import type { RunReader } from "../../src/store/run-reader.ts";
import type { Store } from "../../src/store/store.ts";
import { newRun, StoreFolder } from "../store/store-fixture.ts";

/** A run in a store, as its reports see it. */
export interface Recorded {
  readonly store: Store;
  readonly run: RecordedRun;
  readonly recording: RunReader;
  /** As if the run had ended with its last window. */
  readonly result: Result;
}

export const facts = {
  musterVersion: "0.1.0",
  seed: 7,
  onWorkerStrain: "invalid",
  stallLimitMs: 100,
  command: "muster run test.ts",
  machine: { hostName: "a", system: "linux", nodeVersion: "v26", cpuModel: "c", cpus: 2, memoryBytes: 4e9 },
  thresholds: [],
  plan: { atMs: [0, 1_000], users: [0, 5], ratePerSecond: null },
  classes: [{ scenario: "default", name: "User", share: 1, tasks: [{ name: "look", share: 1 }] }],
};

/** Stores a run with these windows and hands it to `look`. */
export function withRecorded<Value>(
  windows: readonly Window[],
  look: (recorded: Recorded) => Value,
  rest: Omit<Batch, "windows"> & { readonly facts?: unknown } = {},
): Value {
  using folder = new StoreFolder();
  using store = folder.open();
  const { facts: given = facts, ...batch } = rest;
  store.createRun({ ...newRun("a"), facts: given });
  const startedAt = "2026-01-02T03:05:00.000Z";
  store.writer("a").commit({ windows, ...batch, run: { state: "running", startedAt, ...batch.run } });
  using recording = store.reader("a");
  const run = store.run("a");
  if (run === undefined) throw new Error("the run is not there");
  const result = resultOf({ ...storedRunData(run, recording), ending: { kind: "completed" } });
  return look({ store, run, recording, result });
}
