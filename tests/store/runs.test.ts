import assert from "node:assert/strict";
import { test } from "node:test";
import { StoreError } from "../../src/store/store-error.ts";
import { windowLimits } from "../../src/store/windows/window-budget.ts";
import { delta, newRun, reading, requests, StoreFolder, storedWindows } from "./store-fixture.ts";

test("a new run is waiting and has only the given fields", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  assert.deepEqual(store.run("a"), {
    id: "a",
    createdAt: "2026-01-02T03:04:05.678Z",
    state: "waiting",
    testName: "test.ts",
    profile: "default",
    host: "http://127.0.0.1:8000",
    bundleHash: "cafe",
    specification: { seed: 1 },
    facts: { seed: 2 },
    startedAt: null,
    setup: null,
    activeAt: null,
    progress: null,
    ended: null,
    name: null,
    tags: [],
    result: null,
  });
  assert.equal(store.bundle("cafe")?.source, "export default 1;");
  assert.deepEqual([store.run("b"), store.bundle("beef")], [undefined, undefined]);
});

test("a change affects only its fields, and survives closing the store", () => {
  using folder = new StoreFolder();
  {
    using store = folder.open();
    store.createRun(newRun("a"));
    store.changeRun("a", { state: "running", startedAt: "2026-01-02T03:05:00.000Z" });
    store.changeRun("a", { setup: { token: "t" } });
    store.changeRun("a", { progress: { kind: "completed" }, result: { requests: 0 } });
    store.changeRun("a", {});
  }
  using store = folder.open();
  const { state, startedAt, setup, progress, result } = store.run("a") ?? {};
  assert.deepEqual([state, startedAt], ["running", "2026-01-02T03:05:00.000Z"]);
  assert.deepEqual([setup, progress, result], [{ token: "t" }, { kind: "completed" }, { requests: 0 }]);
});

test("runs are listed the newest first, unfinished ones separately", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("second", "2026-01-02T00:00:00.000Z"));
  store.createRun(newRun("first", "2026-01-01T00:00:00.000Z"));
  store.createRun(newRun("third", "2026-01-02T00:00:00.000Z"));
  store.changeRun("second", { state: "finished" });
  assert.deepEqual(
    store.runs().map(({ id }) => id),
    ["third", "second", "first"],
  );
  assert.deepEqual(
    store.unfinishedRuns().map(({ id }) => id),
    ["third", "first"],
  );
});

test("an unknown run is refused with its id", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  const isUnknown = (error: unknown) =>
    error instanceof StoreError && error.code === "store-run-unknown" && error.message.includes("nobody");
  assert.throws(() => store.changeRun("nobody", { state: "running" }), isUnknown);
  assert.throws(() => store.writer("nobody"), isUnknown);
  assert.throws(() => store.reader("nobody"), isUnknown);
});

test("a name is unique; tags are a set", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  for (const id of ["a", "b"]) store.createRun(newRun(id));
  store.nameRun("a", "baseline");
  store.tagRun("a", ["nightly", "main", "nightly"]);
  assert.deepEqual([store.run("a")?.name, store.run("a")?.tags], ["baseline", ["main", "nightly"]]);
  store.nameRun("b", "baseline");
  store.tagRun("a", []);
  assert.deepEqual(
    store.runs().map(({ id, name, tags }) => [id, name, tags]),
    [
      ["b", "baseline", []],
      ["a", null, []],
    ],
  );
  store.nameRun("b", null);
  assert.equal(store.run("b")?.name, null);
  assert.throws(() => store.nameRun("c", "baseline"), /has no run c/);
  assert.throws(() => store.tagRun("c", []), /has no run c/);
});

test("an id cannot be taken twice, and the first run stays", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const isRefused = (error: unknown) => error instanceof StoreError && error.code === "store-refused";
  assert.throws(() => store.createRun({ ...newRun("a"), testName: "other.ts" }), isRefused);
  assert.equal(store.run("a")?.testName, "test.ts");
});

test("removing a run deletes all its data, and nothing of the others", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  const event = { atMs: 1, kind: "paused", text: "paused" };
  for (const id of ["a", "b"]) {
    store.createRun({ ...newRun(id), bundle: { hash: id, source: id, data: [] } });
    store.writer(id).commit({ windows: [delta(0, requests(3))], events: [event] });
  }
  store.removeRun("a");
  assert.deepEqual([store.run("a"), store.bundle("a"), store.bundle("b")?.source], [undefined, undefined, "b"]);
  assert.equal(storedWindows(store, "b").length, 1);
  // Its number is reused: no old data may appear under it.
  store.createRun(newRun("c"));
  assert.deepEqual(
    reading(store, "c", (reader) => [reader.totals().merged().requests, reader.events(), [...reader.windows()]]),
    [0, [], []],
  );
});

test("the first writer of a run that another writer has taken is refused", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const first = store.writer("a");
  first.commit({ windows: [delta(0, requests(1))] });
  using other = folder.open();
  other.writer("a").commit({ windows: [delta(0, requests(1))] });
  const isTaken = (error: unknown) => error instanceof StoreError && error.code === "store-run-taken";
  assert.throws(() => first.commit({ windows: [delta(0, requests(1))] }), isTaken);
  assert.equal(
    reading(store, "a", (reader) => reader.totals().merged().requests),
    2,
  );
});

test("a writer of a run that was written since it was read is refused, and revokes nothing", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const isTaken = (error: unknown) => error instanceof StoreError && error.code === "store-run-taken";
  const read = store.activity("a");
  const first = store.writer("a", windowLimits, read);
  assert.throws(() => store.writer("a", windowLimits, read), isTaken, "another writer came first");
  const again = store.activity("a");
  first.commit({ run: { activeAt: new Date().toISOString() } });
  assert.throws(() => store.writer("a", windowLimits, again), isTaken, "its writer is alive");
  first.commit({});
});

test("a writer whose run was removed reports that", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const writer = store.writer("a");
  store.removeRun("a");
  assert.throws(() => writer.commit({}), /has no run a/);
});

test("data files of a test are stored once, until none of its runs can be resumed", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  const part = { hash: "d1", bytes: Uint8Array.of(1, 2, 3) };
  const other = { hash: "d2", bytes: Uint8Array.of(4) };
  const bundles = { a: [part], b: [part, other], c: [part] };
  for (const [id, data] of Object.entries(bundles)) {
    store.createRun({ ...newRun(id), bundle: { hash: `of ${id}`, source: "", data } });
  }
  const dataOf = (id: string) => store.bundle(`of ${id}`)?.data.map(({ hash, bytes }) => ({ hash, bytes }));
  assert.deepEqual(dataOf("a"), [part]);
  assert.deepEqual(dataOf("b"), [part, other]);
  store.changeRun("a", { state: "finished" });
  assert.deepEqual([dataOf("a"), dataOf("b")], [[], [part, other]]);
  store.writer("b").commit({ run: { state: "finished" } });
  assert.deepEqual([dataOf("b"), dataOf("c")], [[], [part]]);
  store.removeRun("c");
  store.createRun({ ...newRun("d"), bundle: { hash: "of d", source: "", data: [part] } });
  assert.deepEqual(dataOf("d"), [part]);
});
