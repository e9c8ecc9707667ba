import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { truncate, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { type Bundle, bundleTest } from "../../../src/scenario/bundle/bundle.ts";
import { maxDataBytes, smallFileBytes } from "../../../src/scenario/bundle/data-part.ts";
import { loadBundle } from "../../../src/scenario/bundle/load-bundle.ts";
import { TestFolder } from "./test-folder.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

const rows = 4_000;
const table = (separator = ",") =>
  ["id;name", ...Array.from({ length: rows }, (_, row) => `${row};of number ${row}`)]
    .join("\n")
    .replaceAll(";", separator);
const records = Array.from({ length: rows }, (_, row) => ({ id: row, name: `of number ${row}` }));

/** A test file whose setup returns what `expression` comes to. */
const testFile = (imports: string, expression: string) => `
  import { defineTest, defineUser } from "muster-load";
  ${imports}
  const user = defineUser({ name: "a", tasks: { list: () => {} } });
  export default defineTest({ users: [user], setup: async () => ({ value: ${expression} }) });
`;

async function bundled(files: Files): Promise<Bundle> {
  await using folder = await TestFolder.with({});
  for (const [name, content] of Object.entries(files)) await writeFile(folder.file(name), content);
  return await bundleTest(folder.file("t.ts"));
}

/** As on a worker: nothing but the bundle is left. */
async function valueIn(bundle: Bundle): Promise<unknown> {
  const { setup } = await loadBundle(bundle);
  assert.ok(setup);
  const { value } = (await setup({} as never)) as { value: unknown };
  return value;
}

async function assertRefused(files: Files, message: RegExp): Promise<void> {
  const load = async () => await loadBundle(await bundled(files));
  await assert.rejects(load, (error) => {
    assert.ok(error instanceof ConfigurationError, String(error));
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

test("a large file travels beside the code, which names it by its hash", async () => {
  const csv = table();
  const bundle = await bundled({
    "t.ts": testFile('import users from "./users.csv";', "[users.length, users[7]]"),
    "users.csv": csv,
  });
  const hash = createHash("sha256").update(csv).digest("hex");
  assert.deepEqual(
    bundle.data.map((part) => [part.hash, part.bytes.length]),
    [[hash, csv.length]],
  );
  assert.ok(bundle.source.includes(hash) && bundle.source.length < 5_000, bundle.source);
  assert.deepEqual(await valueIn(bundle), [rows, { id: "7", name: "of number 7" }]);
  const other = await bundled({
    "t.ts": testFile('import users from "./users.csv";', "[users.length, users[7]]"),
    "users.csv": `${csv}\n`,
  });
  assert.notEqual(other.hash, bundle.hash, "other data is another test");
});

test("small files are code", async () => {
  const imports =
    'import a from "./a.csv"; import b from "./b.json"; import c from "./c.txt"; import d from "./d.png" with { type: "bytes" };';
  const bundle = await bundled({
    "t.ts": testFile(imports, "[a, b, c, [...d]]"),
    "a.csv": "x;y\n1;2\n",
    "b.json": '\ufeff{"b":1}',
    "c.txt": "text ä",
    "d.png": Uint8Array.of(0x89, 0, 0xff),
  });
  assert.deepEqual(bundle.data, []);
  assert.deepEqual(await valueIn(bundle), [[{ x: "1", y: "2" }], { b: 1 }, "text ä", [0x89, 0, 0xff]]);
});

test("CSV, JSON, text and bytes, whatever their size, by attribute or by the ending of the name", async () => {
  const json = JSON.stringify(records);
  const bytes = Uint8Array.from({ length: smallFileBytes + 1 }, (_, at) => at % 251);
  const imports = `
    import tabs from "./users.tsv";
    import list from "./list.json" with { type: "json" };
    import sql from "./all.sql" with { type: "text" };
    import csvText from "./users.csv" with { type: "text" };
    import utf16 from "./excel.csv";
    import photo from "./photo" with { type: "bytes" };
    import tex from "./paper.tex" with { type: "text" };`;
  const bundle = await bundled({
    "t.ts": testFile(
      imports,
      "{ tabs: tabs[1], list: list[2], sql: sql.length, csvText: csvText.slice(0, 8), utf16: utf16[3], photo, tex: tex.length }",
    ),
    "users.tsv": table("\t"),
    "users.csv": table(),
    "excel.csv": Buffer.from(`\ufeff${table(";")}`, "utf16le"),
    "list.json": json,
    "all.sql": "select 1;\n".repeat(10_000),
    "paper.tex": "% nothing\n".repeat(10_000),
    photo: bytes,
  });
  assert.equal(bundle.data.length, 7);
  assert.deepEqual(await valueIn(bundle), {
    tabs: { id: "1", name: "of number 1" },
    list: records[2],
    sql: 100_000,
    csvText: "id,name\n",
    utf16: { id: "3", name: "of number 3" },
    photo: bytes,
    tex: 100_000,
  });
});

test("parts of a JSON file, all of it, and what is required are what they are in a small file", async () => {
  const imports = `
    import { users } from "./data.json";
    import * as all from "./data.json";
    const required = require("./data.json");
    const table = require("./users.csv");`;
  for (const count of [2, rows]) {
    const bundle = await bundled({
      "t.ts": testFile(
        imports,
        "[users.length, all.default.users === users, required.users[1], required.default, all['two words'], table[1].id]",
      ),
      "data.json": JSON.stringify({ users: records.slice(0, count), default: "d", "two words": 2 }),
      "users.csv": table()
        .split("\n")
        .slice(0, count + 1)
        .join("\n"),
    });
    assert.deepEqual(await valueIn(bundle), [count, true, records[1], "d", 2, "1"], `${count} records`);
  }
});

test("a file that is imported in an iteration is there then, and one that nobody uses is left out", async () => {
  const bundle = await bundled({
    "t.ts": testFile('import unused from "./unused.csv";', '(await import("./users.csv")).default.length'),
    "users.csv": table(),
    "unused.csv": table(";"),
  });
  assert.equal(bundle.data.length, 1);
  assert.equal(await valueIn(bundle), rows);
  assert.equal(await valueIn(bundle), rows);
});

test("what is wrong with a large file is told with its line, as with a small one", async () => {
  const csv = (wrong: string) => ({
    "t.ts": testFile('import users from "./users.csv";', "users"),
    "users.csv": `${table()}\n${wrong}\n`,
  });
  await assertRefused(csv("1,2,3"), /^users\.csv:4002:1: 3 fields, but the header has 2$/);
  await assertRefused(csv('1,"2'), /^users\.csv:4002:1: the quote that begins here never ends$/);
  await assertRefused(
    { ...csv(""), "users.csv": Buffer.from(`${table()}\n1,\xe9\n`, "latin1") },
    /^users\.csv:4002:1: byte 0xe9 .*iconv/,
  );
  const json = (text: string) => ({ "t.ts": testFile('import data from "./data.json";', "data"), "data.json": text });
  await assertRefused(json(`{ "a": "${"x".repeat(smallFileBytes)}", }`), /data\.json:1:1: not JSON: /);
  await assertRefused(json(`[ "${"x".repeat(smallFileBytes)}", ]`), /data\.json:1:1: not JSON: /);
});

test("more data than a test may have is refused before it is read, with the limit and what to do", async () => {
  await using folder = await TestFolder.with({
    "t.ts": testFile('import a from "./a.csv"; import b from "./b.csv";', "[a, b]"),
    "a.csv": "",
    "b.csv": "a\n",
  });
  // Holes in files take no room on the disk.
  await truncate(folder.file("a.csv"), maxDataBytes + 1);
  const refused = async (message: RegExp) =>
    await assert.rejects(bundleTest(folder.file("t.ts")), (error) => {
      assert.ok(error instanceof ConfigurationError);
      assert.match(error.message, message);
      return true;
    });
  await refused(/a\.csv: this file has 256 MB; a test may import 256 MB of data, .*: leave out rows and columns/);
});

test("more code than a worker takes is refused", async () => {
  await assertRefused(
    { "t.ts": testFile(`const data = "${"x".repeat(61 * 1024 * 1024)}";`, "data.length") },
    /the code of the test has 61 MB, imports included; workers accept at most 60 MB: move data into files/,
  );
});

test("a file that does not fit into memory is refused, before Node.js ends the process", () => {
  const url = (path: string) => JSON.stringify(new URL(`../../../src/scenario/bundle/${path}`, import.meta.url).href);
  // Short fields take ten times the room that they take in the file.
  const code = `
    import { offerData } from ${url("offered-data.ts")};
    import { csvRecords } from ${url("data-values.ts")};
    const line = (row) => Array.from({ length: 10 }, (_, at) => 10 + (row * 7 + at * 13) % 89).join();
    const rows = Array.from({ length: 300_000 }, (_, row) => line(row));
    const bytes = Buffer.from(["a,b,c,d,e,f,g,h,i,j", ...rows].join("\\n"));
    rows.length = 0;
    offerData("h", [{ hash: "h", bytes }]);
    csvRecords("h", "short.csv");`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--max-old-space-size=64", "--input-type=module", "--eval", code],
    { encoding: "utf8" },
  );
  assert.equal(status, 1, stderr);
  assert.match(
    stderr,
    /short\.csv \(8\.6 MB\) does not fit into the \d+ MB of memory .*NODE_OPTIONS=--max-old-space-size=512/,
  );
});
