import assert from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { TestContext } from "node:test";
import { Store } from "../../../src/store/store.ts";
import { delta, newRun, requests } from "../../store/store-fixture.ts";
import { MusterProcess } from "../../support/muster-process.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import type { Attack } from "./attack.ts";

/** A folder with the store of a run whose endpoint has this name, changed by somebody else. */
async function forgedStore(t: TestContext, sql = "", name = "/jobs"): Promise<string> {
  const folder = await temporaryFolder(t);
  {
    using store = Store.open(folder);
    store.createRun({ ...newRun("a"), facts: null });
    store.writer("a").commit({ windows: [delta(0, requests(5, name))] });
  }
  const database = new DatabaseSync(join(folder, "muster.db"), { defensive: false });
  if (sql !== "") database.exec(sql);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  return folder;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function muster(t: TestContext, words: readonly string[], folder: string): Promise<Ended> {
  const command = new MusterProcess(t, words, { cwd: folder, env: { MUSTER_DATA_DIR: folder } });
  const { code } = await command.ended();
  return { code, stdout: command.stdout, stderr: command.stderr };
}

/** The task of a test does what it can, and prints how each attempt ended. */
const restrictedTest = `
import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { defineTest, defineUser, iterations } from "muster-load";
const outcome = (attempt) => { try { attempt(); return "done"; } catch (error) { return error.code; } };
const inThread = 'const { parentPort } = require("node:worker_threads"); try { require("node:fs").writeFileSync("thread.txt", ""); parentPort.postMessage("done"); } catch (error) { parentPort.postMessage(error.code); }';
const attempts = defineUser({
  name: "Attempts",
  tasks: {
    async attempt() {
      const thread = new Worker(inThread, { eval: true });
      const fromThread = await new Promise((resolve) => thread.once("message", resolve));
      console.log("ended " + JSON.stringify({
        file: outcome(() => writeFileSync("file.txt", "")),
        store: outcome(() => writeFileSync(process.env.MUSTER_DATA_DIR + "/muster.db", "")),
        link: outcome(() => symlinkSync("/etc/hostname", "link")),
        process: outcome(() => execFileSync(process.execPath, ["--version"])),
        addon: outcome(() => createRequire(process.cwd() + "/x.js")("./addon.node")),
        memory: outcome(() => writeFileSync("/proc/self/mem", "")),
        thread: fromThread,
      }));
    },
  },
});
export default defineTest({ host: "http://127.0.0.1:9", users: [attempts], load: iterations({ users: 1, total: 1 }) });
`;

/** What the attempts of `restrictedTest` ended with. */
async function attempted(t: TestContext, changes: (code: string) => string): Promise<Record<string, string>> {
  const folder = await temporaryFolder(t, { "test.ts": changes(restrictedTest), "addon.node": "" });
  const { stdout, stderr } = await muster(t, ["run", "test.ts"], folder);
  const [, found = assert.fail(`${stdout}\n${stderr}`)] = /ended (\{.*\})/.exec(stdout) ?? [];
  return JSON.parse(found) as Record<string, string>;
}

/** A text without control characters and without such that change the direction of others. */
function assertHarmless(text: string): void {
  assert.doesNotMatch(text, /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
}

/** One clear line, without a stack and without anything that a terminal executes. */
function assertRefused({ code, stderr }: Ended, why: RegExp): void {
  assert.equal(code, 104, stderr);
  assert.match(stderr, /^muster: [^\n]*\n$/);
  assertHarmless(stderr);
  assert.doesNotMatch(stderr, /defect/);
  assert.match(stderr, why);
}

function refusedStore(name: string, sql: string, why: RegExp): Attack {
  return {
    name,
    attack: async (t) => {
      const folder = await forgedStore(t, sql);
      const before = readFileSync(join(folder, "muster.db"));
      assertRefused(await muster(t, ["report", "a"], folder), why);
      assert.deepEqual(readFileSync(join(folder, "muster.db")), before);
    },
  };
}

function refusedFile(
  name: string,
  file: string,
  content: string | Buffer,
  words: readonly string[],
  why: RegExp,
): Attack {
  return {
    name,
    attack: async (t) => {
      const folder = await temporaryFolder(t);
      writeFileSync(join(folder, file), content);
      assertRefused(await muster(t, words, folder), why);
    },
  };
}

const escapes = "\u001b]0;owned\u0007\u001b[2J\u202e<script>alert(1)</script>";

/** A file comes from somebody else, or is read by a program that runs what is in it. */
export const fileAttacks: readonly Attack[] = [
  refusedStore("a store has a trigger", "CREATE TRIGGER t AFTER UPDATE ON runs BEGIN DELETE FROM runs; END", /trigger/),
  refusedStore(
    "a store has a view in place of a table",
    "ALTER TABLE missing RENAME TO m; CREATE VIEW missing AS SELECT * FROM m",
    /is not a muster store/,
  ),
  refusedStore("a store has a virtual table", "CREATE VIRTUAL TABLE v USING fts5(x)", /is not a muster store/),
  refusedStore(
    "a store has a column that computes 100 MB when it is read",
    "ALTER TABLE runs ADD COLUMN c TEXT AS (hex(zeroblob(50000000)))",
    /column/,
  ),
  refusedStore(
    "a store has a table whose name moves the cursor",
    `CREATE TABLE "${escapes}" (x)`,
    /is not a muster store/,
  ),
  refusedStore(
    "a store says of a run what no version of muster says",
    `UPDATE runs SET facts = '{"thresholds":5}'`,
    /damaged/,
  ),
  refusedStore("the result of a stored run is not JSON", "UPDATE runs SET result = '{'", /damaged/),
  refusedStore(
    "the result of a stored run is nested deeper than a stack",
    `UPDATE runs SET result = '${"[".repeat(100_000)}${"]".repeat(100_000)}'`,
    /damaged|another version/,
  ),
  refusedStore(
    "the windows of a stored run are not histograms",
    "UPDATE window_endpoints SET service = x'00ff'",
    /damaged/,
  ),
  refusedStore(
    "a counter of a stored run is larger than any",
    "UPDATE window_endpoints SET requests = 9223372036854775807",
    /damaged/,
  ),
  {
    name: "the pages of a store are random",
    attack: async (t) => {
      const folder = await forgedStore(t);
      const file = join(folder, "muster.db");
      const bytes = readFileSync(file);
      for (let at = 8_192; at < bytes.length; at++) bytes[at] = (at * 7_919) % 251;
      writeFileSync(file, bytes);
      assertRefused(await muster(t, ["report", "a"], folder), /damaged|is not a muster store/);
    },
  },
  {
    name: "a store is a link to one of somebody else",
    attack: async (t) => {
      const [other, folder] = [await forgedStore(t), await temporaryFolder(t)];
      symlinkSync(join(other, "muster.db"), join(folder, "muster.db"));
      assertRefused(await muster(t, ["report", "a"], folder), /it is a link/);
    },
  },
  {
    name: "names in a store are escape sequences: the terminal executes none",
    attack: async (t) => {
      const folder = await forgedStore(
        t,
        `UPDATE runs SET test_name = '${escapes}', host = '${escapes}'`,
        `/${escapes}`,
      );
      for (const words of [
        ["report", "a"],
        ["runs", "list"],
      ]) {
        const { stdout, stderr } = await muster(t, words, folder);
        assertHarmless(stdout + stderr);
      }
    },
  },
  {
    name: "names in a store are markup: report and Markdown contain none of it",
    attack: async (t) => {
      const folder = await forgedStore(
        t,
        `UPDATE runs SET test_name = '<img src=x onerror=alert(1)>'`,
        "/<script>alert(1)</script>",
      );
      const { code, stderr } = await muster(
        t,
        ["report", "a", "--html=r.html", "--markdown=r.md", "--junit=r.xml"],
        folder,
      );
      assert.equal(code, 0, stderr);
      for (const name of ["r.html", "r.md", "r.xml"]) {
        assert.doesNotMatch(readFileSync(join(folder, name), "utf8"), /<img src=x|<script>alert/, name);
      }
    },
  },
  {
    name: "names in a store are formulas: no cell of a CSV file is one",
    attack: async (t) => {
      const folder = await forgedStore(t, "", "=cmd|' /C calc'!A0");
      assert.equal((await muster(t, ["report", "a", "--csv=r"], folder)).code, 0);
      const files = readdirSync(folder).filter((name) => name.endsWith(".csv"));
      assert.equal(files.length, 6);
      for (const name of files) {
        const text = readFileSync(join(folder, name), "utf8");
        assert.doesNotMatch(text, /(?:^|[,;\t\n])"?[=+@]/m, name);
      }
      assert.match(readFileSync(join(folder, "r_stats.csv"), "utf8"), /'=cmd/);
      assert.equal((await muster(t, ["report", "a", "--csv=raw", "--csv-raw"], folder)).code, 0);
      assert.match(readFileSync(join(folder, "raw_stats.csv"), "utf8"), /,=cmd/);
    },
  },
  {
    name: "the place of an output is a link to a file of somebody else",
    attack: async (t) => {
      const folder = await forgedStore(t);
      const victim = join(await temporaryFolder(t, { victim: "untouched" }), "victim");
      for (const name of ["r.json", "r.html"]) symlinkSync(victim, join(folder, name));
      symlinkSync(`${victim}-new`, join(folder, "r.md"));
      const { code, stderr } = await muster(
        t,
        ["report", "a", "--json=r.json", "--html=r.html", "--markdown=r.md"],
        folder,
      );
      assert.equal(code, 0, stderr);
      assert.equal(readFileSync(victim, "utf8"), "untouched");
      assert.equal(lstatSync(`${victim}-new`, { throwIfNoEntry: false }), undefined);
      for (const name of ["r.json", "r.html", "r.md"]) assert.ok(lstatSync(join(folder, name)).isFile(), name);
    },
  },
  refusedFile(
    "a baseline is nested deeper than a stack",
    "b.json",
    `{"a":${"[".repeat(200_000)}`,
    ["compare", "b.json", "b.json"],
    /cannot be read|is not a baseline/,
  ),
  refusedFile(
    "a baseline has a prototype",
    "b.json",
    '{"__proto__":{"schema":"muster-baseline/1"}}',
    ["compare", "b.json", "b.json"],
    /is not a baseline/,
  ),
  {
    name: "a task of a test writes files, starts a process and loads an add-on",
    attack: async (t) => {
      const denied = "ERR_ACCESS_DENIED";
      const all = ["file", "store", "link", "process", "memory", "thread"].map((what) => [what, denied]);
      const outcomes = await attempted(t, (code) => code);
      assert.deepEqual(outcomes, { ...Object.fromEntries(all), addon: "ERR_DLOPEN_DISABLED" });
    },
  },
  {
    name: "a test that may write into one folder writes elsewhere",
    attack: async (t) => {
      const outcomes = await attempted(t, (code) =>
        code
          .replace("defineTest({", 'defineTest({ permissions: { write: ["./out"], childProcess: true },')
          .replace('"file.txt"', '"out/file.txt"')
          .replace("const attempts", 'mkdirSync("out", { recursive: true });\nconst attempts')
          .replace("import { symlinkSync,", "import { mkdirSync, symlinkSync,"),
      );
      const { file, process, store, thread } = outcomes;
      assert.deepEqual([file, process, store, thread], ["done", "done", "ERR_ACCESS_DENIED", "ERR_ACCESS_DENIED"]);
    },
  },
  refusedFile("a recording has no end", "r.har", '{"log":{"entries":[', ["convert", "r.har"], /r\.har/),
  refusedFile(
    "a description grows by its own aliases",
    "api.yaml",
    `openapi: 3.1.0\n${Array.from({ length: 12 }, (_, n) => `a${n}: &a${n} [${Array(10).fill(n === 0 ? "x" : `*a${n - 1}`)}]`).join("\n")}\n`,
    ["convert", "api.yaml"],
    /api\.yaml/,
  ),
  refusedFile(
    "a histogram is longer than memory when it is unpacked",
    "h.hlog",
    `#[Histogram log format version 1.3]\n0.000,1.000,1.0,HISTFAAAAA${"A".repeat(100_000)}\n`,
    ["report", "h.hlog"],
    /h\.hlog/,
  ),
  {
    name: "a recording leaves its literals and becomes code of the test",
    attack: async (t) => {
      const hostile = `/x\${process.exit(7)}\`"'\\*/\u2028;process.exit(8)//`;
      const entry = {
        startedDateTime: "2026-01-02T03:04:05.000Z",
        request: {
          method: "GET",
          url: `https://shop.example${encodeURI(hostile)}`,
          headers: [{ name: "x-a", value: hostile }],
        },
        response: { status: 200, headers: [], content: { mimeType: "text/html", text: hostile } },
      };
      const folder = await temporaryFolder(t, {
        "r.har": JSON.stringify({ log: { version: "1.2", entries: [entry] } }),
      });
      const { code, stderr } = await muster(t, ["convert", "r.har", "--out=test.ts"], folder);
      assert.equal(code, 0, stderr);
      const planned = await muster(t, ["plan", "test.ts"], folder);
      assert.equal(planned.code, 0, planned.stderr);
    },
  },
];
