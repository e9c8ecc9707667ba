import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import { nestedKind, onStopKind } from "../../../src/core/measure-kind.ts";
import { Ledger } from "../../../src/master/record/ledger.ts";
import type { RunBatch } from "../../../src/master/record/run-storage.ts";
import { StoredRun } from "../../../src/master/record/stored-run.ts";
import type { Window } from "../../../src/stats/windows.ts";
import { StoreError } from "../../../src/store/store-error.ts";
import { delta, newRun, requests, StoreFolder } from "../../store/store-fixture.ts";

function batch(...windows: Window[]): RunBatch {
  return {
    windows,
    health: [],
    events: [],
    operations: [],
    shared: [],
    observed: { sources: [], series: [] },
    workers: [],
    ledger: new Ledger(),
    state: null,
  };
}

/** The windows that a reader of the run has: their starts in seconds, and their requests. */
function recorded(run: StoredRun): [second: number, requests: number][] {
  using reader = run.reader();
  return [...reader.windows()].map(({ startMs, endpoints }) => [
    startMs / 1_000,
    endpoints.reduce((sum, endpoint) => sum + endpoint.requests, 0),
  ]);
}

test("after a fault, the run is whole in memory: what was stored before, and what comes after", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  store.createRun(newRun("b"));
  const run = new StoredRun(store, "b");
  run.save(batch(delta(0, requests(3)), delta(1, requests(4))));
  assert.equal(run.continueInMemory(), true);
  run.save(batch(delta(1, requests(1)), delta(2, requests(5))));
  assert.deepEqual(recorded(run), [
    [0, 3],
    [1, 5],
    [2, 5],
  ]);
  using reader = run.reader();
  assert.equal(reader.requestCount(), 13);
  assert.equal(run.run()?.testName, "test.ts");
  using stored = store.reader("b");
  assert.equal(stored.requestCount(), 7, "the file is as it was");
  run.close();
});

test("requests are counted without those that no total has: of onStop, and of measures with others in them", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const run = new StoredRun(store, "a");
  const [request] = requests(1);
  assert.ok(request?.kind === "request");
  const apart = [onStopKind("GET"), nestedKind("SQL"), onStopKind(nestedKind("SQL"))];
  run.save(batch(delta(0, [...requests(3), ...apart.map((method) => ({ ...request, method }))])));
  using reader = run.reader();
  assert.deepEqual([reader.requestCount(), reader.totals().merged().requests], [3, 3]);
  run.close();
});

test("the result is stored in the file too, once it can be written again", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const run = new StoredRun(store, "a");
  run.save(batch(delta(0, requests(3))));
  run.continueInMemory();
  run.saveResult({ verdict: "passed" });
  const { state, result } = store.run("a") ?? {};
  assert.deepEqual([state, result], ["finished", { verdict: "passed" }]);
  run.close();
});

test("a file that was removed is missed at the next save, and nothing of the run is lost", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const run = new StoredRun(store, "a");
  run.save(batch(delta(0, requests(3))));
  rmSync(folder.path, { recursive: true });
  const next = batch(delta(1, requests(2)));
  assert.throws(() => run.save(next), /was removed or replaced/);
  assert.equal(run.continueInMemory(), true);
  run.save(next);
  assert.deepEqual(recorded(run), [
    [0, 3],
    [1, 2],
  ]);
  assert.throws(() => run.saveResult({}), /was removed or replaced/);
  run.close();
});

test("a run that was removed from the store: its data is lost, and the user is told", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const run = new StoredRun(store, "a");
  run.save(batch(delta(0, requests(3))));
  store.removeRun("a");
  assert.equal(run.continueInMemory(), false);
  const isIncomplete = (error: unknown) => error instanceof StoreError && error.code === "store-incomplete";
  assert.throws(() => run.reader(), isIncomplete);
  assert.throws(() => run.saveEnd({}), isIncomplete);
  run.close();
});

test("the value of setup is stored when it is another one, and the load with each progress", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const run = new StoredRun(store, "a");
  const amounts = { planned: 10, late: 0, dropped: 0, unreported: 0, isRandom: false, seconds: 1 };
  const progressOf = (setup: Record<string, unknown>, made: number): RunBatch["state"] => ({
    ...{ phase: "running", startedAt: null, starters: [1], setup, signal: null, endedEarly: null, notTakenOver: [] },
    ...{ done: [], workerUsers: [], lifecycleRequests: [], warnings: [] },
    load: [{ scenario: "s", unit: "iterations", ...amounts, made }],
  });
  const stored = () => {
    const { setup, progress } = store.run("a") ?? {};
    return [setup, (progress as { load: { made: number }[] }).load[0]?.made];
  };
  const setup = { token: "first" };
  run.save({ ...batch(), state: progressOf(setup, 3) });
  assert.deepEqual(stored(), [{ token: "first" }, 3]);
  run.save({ ...batch(), state: progressOf(setup, 4) });
  run.save({ ...batch(), state: progressOf({ token: "second" }, 5) });
  assert.deepEqual(stored(), [{ token: "second" }, 5]);
  run.close();
});
