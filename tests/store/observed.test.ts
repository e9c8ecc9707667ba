import assert from "node:assert/strict";
import { test } from "node:test";
import { nothingObserved } from "../../src/stats/observed-series.ts";
import { Store } from "../../src/store/store.ts";
import { newRun, reading, StoreFolder } from "./store-fixture.ts";

const source = { name: "queue", kind: "prometheus", target: "queue of http://h", everyMs: 5_000 } as const;
const fine = { ...source, position: 0, readings: 1, failures: 0, lastFailure: null };
const failing = { ...fine, readings: 2, failures: 1, lastFailure: { atMs: 6_000, text: "ECONNREFUSED" } };
const host = { name: "host", kind: "function", target: null, everyMs: 1_000 } as const;
const second = { ...host, position: 1, readings: 2, failures: 0, lastFailure: null };
const series = (name: string, of: string, ...samples: [atMs: number, value: number][]) => ({
  name,
  source: of,
  unit: name === "queue" ? "jobs" : null,
  samples: samples.map(([atMs, value]) => ({ atMs, value })),
});
const without = ({ position: _, ...rest }: typeof fine | typeof failing | typeof second) => rest;

test("what was observed is read as it was committed, over several commits, and copied and removed with its run", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  for (const id of ["a", "b"]) store.createRun(newRun(id));
  const writer = store.writer("a");
  writer.commit({ observed: { sources: [fine, second], series: [series("host.cpu", "host", [10, 0.1 + 0.2])] } });
  writer.commit({ observed: { sources: [], series: [] } });
  writer.commit({
    observed: {
      sources: [failing],
      series: [series("queue", "queue", [20, -3], [5_020, 1e300]), series("host.cpu", "host", [1_010, 0])],
    },
  });
  const expected = {
    sources: [without(failing), without(second)],
    series: [
      series("queue", "queue", [20, -3], [5_020, 1e300]),
      series("host.cpu", "host", [10, 0.1 + 0.2], [1_010, 0]),
    ],
  };
  assert.deepEqual(
    reading(store, "a", (reader) => reader.observed()),
    expected,
  );
  assert.deepEqual(
    reading(store, "b", (reader) => reader.observed()),
    nothingObserved,
  );
  using memory = Store.inMemory();
  store.copyRun("a", memory);
  assert.deepEqual(
    reading(memory, "a", (reader) => reader.observed()),
    expected,
  );
  store.removeRun("a");
  store.createRun(newRun("a"));
  assert.deepEqual(
    reading(store, "a", (reader) => reader.observed()),
    nothingObserved,
  );
});
