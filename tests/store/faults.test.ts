import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { exitCodes } from "../../src/core/errors.ts";
import { Store } from "../../src/store/store.ts";
import { StoreError, type StoreErrorCode } from "../../src/store/store-error.ts";
import { TestProcess } from "../support/test-process.ts";
import { delta, failure, newRun, reading, requests, StoreFolder } from "./store-fixture.ts";

const holdLock = join(import.meta.dirname, "fixtures/hold-lock.ts");

/** A StoreError with this code that contains the path, in one line. */
function isStoreError(code: StoreErrorCode, path: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StoreError, String(error));
    assert.equal(error.code, code, error.message);
    assert.equal(error.exitCode, exitCodes.badConfiguration);
    assert.ok(error.message.includes(path) && !error.message.includes("\n"), error.message);
    return true;
  };
}

function editFile(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

/** A store with one run and one window, closed again. */
function smallStore(folder: StoreFolder): string {
  using store = folder.open();
  store.createRun(newRun("a"));
  store.writer("a").commit({ windows: [delta(0, [...requests(5), failure("503")])] });
  return store.path;
}

test("a missing folder is created, with its parents", () => {
  using folder = new StoreFolder();
  using store = Store.open(join(folder.path, "deep/er"));
  assert.ok(existsSync(store.path));
});

test("a file that is not a SQLite database is refused and stays unchanged", () => {
  using folder = new StoreFolder();
  const file = join(folder.path, "muster.db");
  const text = "The quick brown fox jumps over the lazy dog. ".repeat(50);
  writeFileSync(file, text);
  assert.throws(() => folder.open(), isStoreError("store-not-a-store", file));
  assert.equal(readFileSync(file, "utf8"), text);
});

test("an empty file becomes a store: a process may have been killed that early", () => {
  using folder = new StoreFolder();
  writeFileSync(join(folder.path, "muster.db"), "");
  using store = folder.open();
  assert.deepEqual(store.runs(), []);
});

test("the database of another program is refused and stays unchanged", () => {
  for (const sql of ["CREATE TABLE runs (id)", "PRAGMA application_id = 7", "PRAGMA user_version = 1"]) {
    using folder = new StoreFolder();
    const file = join(folder.path, "muster.db");
    editFile(file, sql);
    const before = readFileSync(file);
    assert.throws(() => folder.open(), isStoreError("store-not-a-store", file));
    assert.deepEqual(readFileSync(file), before);
  }
});

test("a store of a newer version of muster is refused", () => {
  using folder = new StoreFolder();
  const file = smallStore(folder);
  editFile(file, "PRAGMA user_version = 1000");
  assert.throws(() => folder.open(), isStoreError("store-too-new", file));
});

test("a file where the folder should be is refused, and so is a folder where the file should be", () => {
  using folder = new StoreFolder();
  const file = join(folder.path, "file");
  writeFileSync(file, "");
  for (const path of [file, join(file, "below")]) {
    assert.throws(() => Store.open(path), isStoreError("store-not-a-store", path));
  }
  mkdirSync(join(folder.path, "muster.db"));
  assert.throws(() => folder.open(), isStoreError("store-not-a-store", join(folder.path, "muster.db")));
});

test("a damaged file is reported as such, when it is opened or when the damaged part is read", () => {
  using folder = new StoreFolder();
  const file = smallStore(folder);
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xa5, 8_192));
  assert.throws(
    () => {
      using store = folder.open();
      reading(store, "a", (reader) => reader.totals());
    },
    isStoreError("store-corrupt", file),
  );
});

test("a damaged histogram is reported as such, and a commit that needs it fails as a whole", () => {
  using folder = new StoreFolder();
  const file = smallStore(folder);
  editFile(file, "UPDATE window_endpoints SET service = x'00'");
  using store = folder.open();
  const isCorrupt = isStoreError("store-corrupt", file);
  assert.throws(() => reading(store, "a", (reader) => reader.totals()), isCorrupt);
  const writer = store.writer("a");
  assert.throws(() => writer.commit({ windows: [delta(1, requests(1)), delta(0, requests(1))] }), isCorrupt);
  assert.equal(
    reading(store, "a", (reader) => [...reader.windows()].length),
    1,
  );
});

test("damaged JSON and impossible numbers are reported as such", () => {
  for (const [sql, read] of [
    ["UPDATE runs SET specification = '{'", (store: Store) => store.run("a")],
    ["UPDATE runs SET progress = '{'", (store: Store) => store.run("a")],
    ["UPDATE runs SET tags = '{'", (store: Store) => store.runs()],
    ["UPDATE windows SET users = '{'", (store: Store) => reading(store, "a", (reader) => [...reader.windows()])],
    [
      "UPDATE window_endpoints SET requests = 9223372036854775807",
      (store: Store) => reading(store, "a", (reader) => reader.totals()),
    ],
    [
      "UPDATE window_endpoints SET failure_kinds = '{'",
      (store: Store) => reading(store, "a", (reader) => [...reader.windows()]),
    ],
  ] as const) {
    using folder = new StoreFolder();
    const file = smallStore(folder);
    editFile(file, sql);
    using store = folder.open();
    assert.throws(() => read(store), isStoreError("store-corrupt", file), sql);
  }
});

test("a store that another process writes can be opened and read; a commit is refused and succeeds later", async (t) => {
  using folder = new StoreFolder();
  const file = smallStore(folder);
  using store = folder.open();
  const writer = store.writer("a");
  const holder = new TestProcess(t, [holdLock, file, "writing"], {});
  await holder.output(/held/);
  using other = folder.open();
  assert.equal(
    reading(other, "a", (reader) => reader.totals().merged().requests),
    6,
  );
  const batch = { windows: [delta(0, requests(1))] };
  assert.throws(() => writer.commit(batch), isStoreError("store-locked", file));
  holder.kill("SIGKILL");
  await holder.ended();
  writer.commit(batch);
  assert.equal(
    reading(store, "a", (reader) => reader.totals().merged().requests),
    7,
  );
});

test("a store that another process has locked is refused", async (t) => {
  using folder = new StoreFolder();
  const file = smallStore(folder);
  const holder = new TestProcess(t, [holdLock, file, "alone"], {});
  await holder.output(/held/);
  assert.throws(() => folder.open(), isStoreError("store-locked", file));
});

test("a closed store is not a fault of the file", () => {
  using folder = new StoreFolder();
  const store = folder.open();
  store.close();
  store.close();
  assert.throws(
    () => store.runs(),
    (error) => !(error instanceof StoreError),
  );
});
