import assert from "node:assert/strict";
import { test } from "node:test";
import type { HealthWindow } from "../../../src/stats/health-sample.ts";
import { StoreConnection } from "../../../src/store/connection.ts";
import { HealthWindows, healthLimits } from "../../../src/store/windows/health-windows.ts";
import { WindowBudget } from "../../../src/store/windows/window-budget.ts";
import { sampleAt } from "../../stats/health-fixtures.ts";
import { newRun, reading, StoreFolder } from "../store-fixture.ts";

const run = "r1";

function windowAt(second: number, workers: readonly number[], seconds = 1): HealthWindow {
  const samples = new Map(
    workers.map((worker) => [worker, [sampleAt(second, { widthMs: seconds * 1_000, requests: worker, cpu: 0.1 })]]),
  );
  return { startMs: second * 1_000, widthMs: seconds * 1_000, samples };
}

/** Start and end in seconds, and the workers of each window. */
const shape = (windows: readonly HealthWindow[]) =>
  windows.map(({ startMs, widthMs, samples }) => [
    startMs / 1_000,
    (startMs + widthMs) / 1_000,
    [...samples.keys()].sort(),
  ]);

test("committed health is read back unchanged, and deleted with its run", () => {
  using folder = new StoreFolder();
  const store = folder.open();
  store.createRun(newRun(run));
  const lagless = { ...windowAt(1, [1]), samples: new Map([[1, [sampleAt(1, { scheduleLagP99Ms: null })]]]) };
  store.writer(run).commit({ health: [lagless, windowAt(0, [1, 2])] });
  assert.deepEqual(
    reading(store, run, (reader) => [...reader.health()]),
    [windowAt(0, [1, 2]), lagless],
  );
  store.removeRun(run);
  store.createRun(newRun(run));
  assert.deepEqual(
    reading(store, run, (reader) => [...reader.health()]),
    [],
  );
  store.close();
});

test("another worker is added to existing windows; a wide report merges the windows that it covers, with every sample unchanged", () => {
  using folder = new StoreFolder();
  const store = folder.open();
  store.createRun(newRun(run));
  const writer = store.writer(run);
  writer.commit({ health: [windowAt(0, [1]), windowAt(1, [1]), windowAt(2, [1]), windowAt(3, [1])] });
  writer.commit({ health: [windowAt(0, [2]), windowAt(1, [2], 2)] });
  const windows = reading(store, run, (reader) => [...reader.health()]);
  assert.deepEqual(shape(windows), [
    [0, 1, [1, 2]],
    [1, 3, [1, 2]],
    [3, 4, [1]],
  ]);
  const [first, second, third, fourth] = [0, 1, 2, 3].map((at) => windowAt(at, [1]).samples.get(1)?.[0]);
  assert.deepEqual(
    windows.flatMap(({ samples }) => samples.get(1) ?? []),
    [first, second, third, fourth],
  );
  assert.deepEqual(windows[1]?.samples.get(2), windowAt(1, [2], 2).samples.get(2));
  store.close();
});

/** The windows of 400 s with the given number of workers and limits. */
function thinnedOut(workers: number, limits: { windows: number; rows: number }): HealthWindow[] {
  using folder = new StoreFolder();
  const store = folder.open();
  store.createRun(newRun(run));
  store.close();
  const connection = new StoreConnection(`${folder.path}/muster.db`);
  const budget = new WindowBudget({ ...healthLimits, ...limits, settledAfterMs: 10_000 });
  const windows = new HealthWindows(connection, 1);
  const numbers = Array.from({ length: workers }, (_, i) => i + 1);
  for (let second = 0; second < 400; second++) windows.addAll([windowAt(second, numbers)], budget);
  const all = [...new HealthWindows(connection, 1).all()];
  connection.close();
  return all;
}

test("a run has a bounded number of windows, and of workers in windows, and loses nothing", () => {
  for (const limits of [
    { windows: 50, rows: 1_000_000 },
    { windows: 3_600, rows: 500 },
  ]) {
    const all = thinnedOut(10, limits);
    const rows = all.reduce((sum, { samples }) => sum + [...samples.values()].flat().length, 0);
    assert.ok(all.length <= limits.windows && rows <= limits.rows, `${all.length} windows, ${rows} rows`);
    let endMs = 0;
    for (const { startMs, widthMs } of all) {
      assert.equal(startMs, endMs);
      endMs = startMs + widthMs;
    }
    assert.equal(endMs, 400_000);
    const requests = all.reduce((sum, { samples }) => sum + (samples.get(7)?.[0]?.requests ?? 0), 0);
    assert.equal(requests, 7 * 400);
  }
});

test("old samples without their own times have those of their window", () => {
  using folder = new StoreFolder();
  const store = folder.open();
  store.createRun(newRun(run));
  store.close();
  const connection = new StoreConnection(`${folder.path}/muster.db`);
  const numbers = [3, 20, 0.5, 1, 2, Number.NaN, 4, 5e6, 9e6, 0.25, 7, 8];
  connection.run(
    "INSERT INTO worker_windows (run, start_ms, width_ms, workers, samples) VALUES (1, 4000, 2000, 1, ?)",
    new Uint8Array(Float64Array.from(numbers).buffer),
  );
  const windows = new HealthWindows(connection, 1);
  const old = {
    ...{ atMs: 4_000, widthMs: 2_000, requests: 20, utilisation: 0.5, loopDelayP99Ms: 1, loopDelayMaxMs: 2 },
    ...{ scheduleLagP99Ms: null, gcMs: 4, heapAfterGcBytes: 5e6, rssBytes: 9e6, cpu: 0.25, sockets: 7 },
    fileDescriptors: 8,
  };
  assert.deepEqual([...windows.all()], [{ startMs: 4_000, widthMs: 2_000, samples: new Map([[3, [old]]]) }]);
  // Another sample is added.
  windows.addAll([windowAt(5, [3])], new WindowBudget(healthLimits));
  const joined = [...new HealthWindows(connection, 1).all()];
  assert.deepEqual(joined[0]?.samples.get(3), [old, ...(windowAt(5, [3]).samples.get(3) ?? [])]);
  connection.close();
});
