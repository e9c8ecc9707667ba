import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Store } from "../../src/store/store.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { delta, newRun, requests, StoreFolder } from "./store-fixture.ts";

/** A store with a run, changed by somebody else. */
function forged(folder: StoreFolder, sql: string): string {
  using store = folder.open();
  store.createRun(newRun("a"));
  store.writer("a").commit({ windows: [delta(0, requests(5))] });
  store.close();
  const database = new DatabaseSync(store.path, { defensive: false });
  database.exec(sql);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  return store.path;
}

function refusal(work: () => void): StoreError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof StoreError, String(error));
    assert.doesNotMatch(error.message, /\n/);
    return error;
  }
  return assert.fail("it was not refused");
}

const foreign: readonly [name: string, sql: string, named: RegExp][] = [
  ["a view", "CREATE VIEW extra AS SELECT 1", /view \\?"extra/],
  [
    "a view in place of a table",
    "ALTER TABLE missing RENAME TO m; CREATE VIEW missing AS SELECT * FROM m",
    /missing|"m"/,
  ],
  ["a trigger", "CREATE TRIGGER t AFTER UPDATE ON runs BEGIN DELETE FROM runs; END", /trigger "t"/],
  ["a virtual table", "CREATE VIRTUAL TABLE v USING fts5(x)", /table "v/],
  ["a computed column", "ALTER TABLE runs ADD COLUMN c TEXT AS (hex(zeroblob(100000000)))", /column "c"/],
  ["one more column", "ALTER TABLE events ADD COLUMN c TEXT", /column "c"/],
  ["one more table", "CREATE TABLE t (x)", /table "t"/],
  ["one more index", "CREATE INDEX i ON runs (host)", /index "i"/],
  ["a table less", "DROP TABLE events", /without the table "events"/],
  [
    "other types",
    "DROP TABLE controls; CREATE TABLE controls (run, position, at_ms, operation, PRIMARY KEY (run, position))",
    /controls/,
  ],
  ["many tables", Array.from({ length: 300 }, (_, n) => `CREATE TABLE t${n} (x)`).join(";"), /table "t/],
  ["a hostile name", 'CREATE TABLE "a\u001b[31m\nb" (x)', /table "a\\u001b/],
];
for (const [name, sql, named] of foreign) {
  test(`a store with ${name} is refused, and stays as it is`, () => {
    using folder = new StoreFolder();
    const file = forged(folder, sql);
    const before = readFileSync(file);
    const error = refusal(() => folder.open());
    assert.equal(error.code, "store-not-a-store");
    assert.match(error.message, named);
    assert.deepEqual(readFileSync(file), before);
  });
}

function edited(file: string, ...statements: readonly string[]): void {
  const database = new DatabaseSync(file, { defensive: false });
  for (const sql of statements) database.exec(sql);
  database.close();
}

test("a store whose values have other types than its columns is not sound", () => {
  using folder = new StoreFolder();
  const file = forged(folder, "SELECT 1");
  const strict = (from: string, to: string) =>
    `UPDATE sqlite_schema SET sql = replace(sql, '${from}', '${to}') WHERE name = 'events'`;
  edited(file, "PRAGMA writable_schema = ON", strict(") STRICT,", ") /*ict*/"));
  edited(file, "INSERT INTO events VALUES (1, 1, 'x', zeroblob(9), 5.5)");
  edited(file, "PRAGMA writable_schema = ON", strict(") /*ict*/", ") STRICT,"));
  using store = folder.open();
  assert.equal(refusal(() => store.requireSound()).code, "store-corrupt");
});

test("a store whose pages are damaged is refused", () => {
  using folder = new StoreFolder();
  const file = forged(folder, "SELECT 1");
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0x7f, 8_192));
  const error = refusal(() => {
    using store = folder.open();
    store.requireSound();
  });
  assert.equal(error.code, "store-corrupt");
});

test("a store that is only read refuses changes", () => {
  using folder = new StoreFolder();
  forged(folder, "SELECT 1");
  using store = folder.open();
  store.onlyRead();
  assert.equal(store.runs().length, 1);
  assert.equal(refusal(() => store.removeRun("a")).code, "store-read-only");
});

test("a store that is a link is refused: somebody else may have made it", () => {
  using folder = new StoreFolder();
  using other = new StoreFolder();
  const file = forged(other, "SELECT 1");
  symlinkSync(file, join(folder.path, "muster.db"));
  assert.match(refusal(() => folder.open()).message, /it is a link/);
});

test("a new folder is closed to others", () => {
  using folder = new StoreFolder();
  Store.open(join(folder.path, "new")).close();
  assert.equal(statSync(join(folder.path, "new")).mode & 0o077, 0);
});

const isRoot = process.getuid?.() === 0;
test("a folder of another user that everybody can write to is refused", {
  skip: !isRoot && "only root can make one",
}, () => {
  using folder = new StoreFolder();
  const place = join(folder.path, "shared");
  mkdirSync(place);
  chownSync(place, 65_534, 65_534);
  chmodSync(place, 0o777);
  assert.match(refusal(() => Store.open(place)).message, /belongs to another user/);
  chmodSync(place, 0o755);
  Store.open(place).close();
});
