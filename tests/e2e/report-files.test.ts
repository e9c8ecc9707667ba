import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { HistogramLogReader } from "hdr-histogram-js";
import { parse, type TestSuites } from "junit2json";
import type { Result } from "../../src/report/result/result-schema.ts";
import type { StreamLine } from "../../src/report/result/stream-schema.ts";
import { csvRecords } from "../report/files/csv-rows.ts";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { fixture } from "../support/fixture.ts";
import { HitServer } from "../support/hit-server.ts";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";
import { unusedPort } from "../support/unused-port.ts";
import { waitUntil } from "../support/wait-until.ts";

const hitters = fixture("hitters");
const names = [
  "c_exceptions.csv",
  "c_failures.csv",
  "c_groups.csv",
  "c_stats.csv",
  "c_stats_history.csv",
  "c_streams.csv",
  "g.hgrm",
  "j.xml",
  "m.md",
  "r.html",
  "t.hlog",
];

/** Flags for one file of each kind but JSON in a folder of its own. */
async function everyFile(t: Cleanup) {
  const folder = await temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  const flags = [
    `--html=${at("r.html")}`,
    `--csv=${at("c")}`,
    `--junit=${at("j.xml")}`,
    `--markdown=${at("m.md")}`,
    `--hlog=${at("t.hlog")}`,
    `--hgrm=${at("g.hgrm")}`,
  ];
  const read = (name: string) => readFile(at(name), "utf8");
  return { folder, flags, read };
}

/** The run, then windows without a gap that hold every request, then the result: as the published schemas say. Returns how many windows. */
function assertStream(text: string, result: Result): number {
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as StreamLine);
  const isLine = new Ajv2020({ strict: false }).compile(publishedSchema("stream"));
  for (const line of lines) assert.ok(isLine(line), JSON.stringify([isLine.errors, line]));
  const isResult = new Ajv2020({ strict: false }).compile(publishedSchema("result"));
  assert.ok(isResult(result), JSON.stringify(isResult.errors));
  assert.equal(lines[0]?.type === "run" && lines[0].run.id, result.run.id);
  assert.deepEqual(lines.at(-1), { type: "result", result });
  const windows = lines.filter((line) => line.type === "window");
  // One second each, unless a busy machine made a worker report late.
  const ends = windows.map(({ startMs, widthMs }) => startMs + widthMs);
  assert.deepEqual(
    windows.map(({ startMs }) => startMs),
    [0, ...ends].slice(0, windows.length),
  );
  assert.equal(
    windows.reduce((sum, { total }) => sum + total.requests, 0),
    result.total.requests,
  );
  assert.equal(Math.max(...windows.map(({ users }) => users)), result.peakUsers);
  return windows.length;
}

/** As it is in the package, whose export names it. */
function publishedSchema(name: "result" | "stream"): object {
  return createRequire(import.meta.url)(`muster-load/${name}.schema.json`) as object;
}

/** All files are there, none in parts, and they say what the result says. */
async function assertEveryFile({ folder, read }: Awaited<ReturnType<typeof everyFile>>, result: Result): Promise<void> {
  assert.deepEqual((await readdir(folder)).sort(), names);
  const all = csvRecords(await read("c_stats.csv")).at(-1);
  assert.deepEqual([all?.Name, Number(all?.["Request Count"])], ["Aggregated", result.total.requests]);
  const history = csvRecords(await read("c_stats_history.csv"));
  const moments = [...Map.groupBy(history, (row) => row.Timestamp).values()];
  assert.deepEqual(
    [...new Set(moments.map((rows) => rows.length))],
    moments.length === 0 ? [] : [result.endpoints.length + 1],
  );
  assert.equal(Number(history.at(-1)?.["Total Request Count"] ?? 0), result.total.requests);
  const log = new HistogramLogReader(await read("t.hlog"));
  let logged = 0;
  for (let line = log.nextIntervalHistogram(); line !== null; line = log.nextIntervalHistogram())
    logged += line.totalCount;
  assert.equal(logged, result.total.requests);
  assert.match(await read("g.hgrm"), new RegExp(`Total count    = +${result.total.requests}\\]`));
  const [ofRun] = ((await parse(await read("j.xml"))) as TestSuites).testsuite ?? [];
  const problem = ofRun?.testcase?.[0]?.error ?? ofRun?.testcase?.[0]?.failure;
  assert.equal(problem?.[0]?.message, result.verdict === "passed" ? undefined : result.reasons.join("; "));
  const [reason = result.run.test] = result.reasons;
  const said = (await read("m.md")).replaceAll("\\", "").replaceAll("&lt;", "<").replaceAll("&gt;", ">");
  assert.ok(said.includes(reason), `${reason}\n${said}`);
  assert.ok((await read("r.html")).includes(`${result.run.test} / ${result.run.profile}: ${result.verdict}`));
}

test("a run writes all its files, and muster report the same ones again, byte for byte", async (t) => {
  const [server, files, again, dataFolder] = [
    await HitServer.start(t),
    await everyFile(t),
    await everyFile(t),
    await temporaryFolder(t),
  ];
  const summary = join(dataFolder, "summary.md");
  const stream = join(dataFolder, "stream.ndjson");
  const env = {
    MUSTER_STREAM: stream,
    MUSTER_DATA_DIR: dataFolder,
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_ACTIONS: "true",
  };
  const words = [
    hitters,
    `--host=${server.url}`,
    "--workers=2",
    "--run-time=2s",
    "--target=requestsPerSecond=1000000",
    ...files.flags,
  ];
  const run = await MusterRun.start(t, ["run", ...words], env);
  const { code, result } = await run.finished();
  assert.deepEqual([code, result.total.requests], [99, await server.total()]);
  assert.match(run.stderr, /^::error title=hitters \/ default::req\/s /m);
  assert.equal(await readFile(summary, "utf8"), `${await files.read("m.md")}\n`);
  for (const name of names) assert.ok(run.stdout.includes(`written: ${join(files.folder, name)}`), name);
  assert.ok(run.stdout.includes(`\n  written: ${stream}\n`), "the stream is a file that was written, too");
  const seconds = assertStream(await readFile(stream, "utf8"), result);
  const history = csvRecords(await files.read("c_stats_history.csv"));
  assert.equal(history.length, seconds * 2, "one row per second and endpoint, and one for all");
  await waitUntil("the report", async () => (await readdir(files.folder)).length === names.length);

  const report = async (...flags: string[]) => {
    const process = new MusterProcess(t, ["report", "last", ...flags], { env: { MUSTER_DATA_DIR: dataFolder } });
    assert.deepEqual(await process.ended(), { code: 0, signal: null }, process.stderr);
    return process.stdout;
  };
  await report(...again.flags);
  for (const name of names) assert.equal(await again.read(name), await files.read(name), name);
  assert.equal(await report("--json=-"), await readFile(run.resultFile, "utf8"));
  assert.equal(run.stdout.split("\n  written: ", 1)[0], (await report()).trimEnd());
});

deepTest("stopped by a signal, and kept nowhere: every file is there and says so", async (t) => {
  const [server, files] = [await HitServer.start(t), await everyFile(t)];
  const words = ["run", hitters, `--host=${server.url}`, "--no-store", "--workers=2", ...files.flags];
  const run = await MusterRun.start(t, words);
  await waitUntil("load", async () => (await server.total()) > 300);
  run.kill("SIGTERM");
  const { code, result } = await run.finished();
  assert.deepEqual([code, result.verdict], [105, "aborted"]);
  await assertEveryFile(files, result);
  assert.match(await files.read("j.xml"), /stopped by SIGTERM/);
});

deepTest("all workers lost: every file is there and says so", async (t) => {
  const [server, files] = [await HitServer.start(t), await everyFile(t)];
  const run = await MusterRun.start(t, ["run", hitters, `--host=${server.url}`, "--workers=2", ...files.flags]);
  const workers = await run.workerPids(2);
  await waitUntil("load", async () => (await server.total()) > 300);
  for (const pid of workers) process.kill(pid, "SIGKILL");
  const { code, result } = await run.finished();
  assert.equal(code, 103, String(result.reasons));
  await assertEveryFile(files, result);
});

deepTest("ended by a threshold: every file is there and says so", async (t) => {
  const files = await everyFile(t);
  const [server, folder] = [await HitServer.start(t), await temporaryFolder(t, { "test.ts": breaching })];
  const run = await MusterRun.start(t, ["run", join(folder, "test.ts"), `--host=${server.url}`, ...files.flags]);
  const { code, result } = await run.finished();
  assert.deepEqual([code, result.verdict], [99, "failed"]);
  assert.ok(result.run.durationMs < 45_000);
  assert.deepEqual((await readdir(files.folder)).sort(), names);
  assert.match(await files.read("j.xml"), /failures: rate&lt;=0/);
  const [thrown] = csvRecords(await files.read("c_exceptions.csv"));
  assert.match(thrown?.Traceback ?? "", /^at helper \(test\.ts:2:\d+\)\nat .*test\.ts:5:\d+/);
  assert.match(thrown?.Nodes ?? "", /^worker 1 \(.+\)$/);
});

deepTest(
  "a test that throws, a setup that throws, and too few workers: every file is there although there was no load",
  async (t) => {
    const [unloaded, throwing, lonely] = [await everyFile(t), await everyFile(t), await everyFile(t)];
    const folder = await temporaryFolder(t, { "test.ts": throwingSetup, "early.ts": 'throw new Error("too early");' });
    const runs = await Promise.all([
      MusterRun.start(t, ["run", join(folder, "early.ts"), "--seed=7", ...unloaded.flags]),
      MusterRun.start(t, ["run", join(folder, "test.ts"), ...throwing.flags]),
      MusterRun.start(t, [
        "master",
        hitters,
        "--host=http://127.0.0.1:1",
        "--master-bind-port=0",
        "--expect-workers-max-wait=1s",
        ...lonely.flags,
      ]),
    ]);
    const ends = await Promise.all(runs.map((run) => run.finished()));
    assert.deepEqual(
      ends.map(({ code, result }) => [code, result.exitCode, result.verdict]),
      [107, 107, 103].map((code) => [code, code, "aborted"]),
    );
    assert.match(ends[0]?.result.reasons.join() ?? "", /^the test file threw while it was loaded: Error: too early/);
    assert.deepEqual([ends[0]?.result.run.test, ends[0]?.result.run.seed], ["early", 7]);
    for (const [position, files] of [unloaded, throwing, lonely].entries()) {
      const result = ends[position]?.result;
      if (result !== undefined) await assertEveryFile(files, result);
    }
  },
);

deepTest("a run that another master has resumed: every file is there, of the whole run", async (t) => {
  const [server, files, port, dataFolder] = [
    await HitServer.start(t),
    await everyFile(t),
    await unusedPort(),
    await temporaryFolder(t),
  ];
  const env = { MUSTER_DATA_DIR: dataFolder };
  const words = [
    "master",
    hitters,
    `--host=${server.url}`,
    `--master-bind-port=${port}`,
    "--run-time=4s",
    ...files.flags,
  ];
  const killed = await MusterRun.start(t, words, env);
  await killed.masterPort();
  startWorker(t, port, "");
  await waitUntil("load", async () => (await server.total()) > 400);
  killed.kill("SIGKILL");
  await killed.ended();

  const unfinished = new MusterProcess(t, ["runs", "--json"], { env });
  await unfinished.ended();
  const { runs } = JSON.parse(unfinished.stdout) as { runs: { id: string }[] };
  const id = runs[0]?.id ?? "";
  const shown = new MusterProcess(t, ["report", id, "--json=-"], { env });
  assert.deepEqual(await shown.ended(), { code: 0, signal: null }, shown.stderr);
  const soFar = JSON.parse(shown.stdout) as Result;
  assert.deepEqual([soFar.run.id, soFar.verdict, soFar.peakUsers], [id, "aborted", soFar.users.Hitter]);
  assert.match(
    soFar.reasons.join(),
    /^the run has not ended: these are its measurements so far; its master last wrote at /,
  );

  const { code, result } = await (await MusterRun.start(t, [...words, "--resume=auto"], env)).finished();
  assert.deepEqual([code, result.run.id, result.total.requests], [0, id, await server.total()], String(result.reasons));
  assert.ok(soFar.total.requests > 0 && soFar.total.requests < result.total.requests);
  await assertEveryFile(files, result);
});

test("files that could not be written are refused before any load", async (t) => {
  const folder = await temporaryFolder(t);
  const refused = async (...flags: string[]) => {
    const run = new MusterProcess(t, ["run", hitters, "--host=http://127.0.0.1:1", ...flags]);
    assert.deepEqual(await run.ended(), { code: 104, signal: null }, run.stderr);
    return run.stderr;
  };
  const [missing, same, aFolder] = await Promise.all([
    refused(`--csv=${folder}/none/c`),
    refused(`--junit=${folder}/x`, `--markdown=${folder}/./x`),
    refused(`--hlog=${folder}`),
  ]);
  assert.match(missing, /^muster: --csv .*none\/c_stats\.csv: the folder .*none is missing or cannot be written\n$/);
  assert.match(same, /^muster: --junit and --markdown would both write to .*x\n$/);
  assert.match(aFolder, /^muster: --hlog .*: this is a folder; name a file in it\n$/);
});

const breaching = `import { closed, defineTest, defineUser } from "muster-load";
function helper() { throw new Error("no state"); }
const user = defineUser({ name: "User", tasks: {
  hit: (vu) => vu.http.get("/", { expect: () => { throw new Error("never right"); } }),
  boom: () => helper(),
}});
export default defineTest({
  users: [user], load: closed({ users: 2, spawnRate: 2, duration: "1m" }),
  thresholds: { failures: [{ threshold: "rate<=0", abortOnFail: true }] },
});`;

const throwingSetup = `import { defineTest, defineUser } from "muster-load";
const user = defineUser({ name: "User", tasks: { hit: (vu) => vu.http.get("/") } });
export default defineTest({ host: "http://127.0.0.1:1", users: [user], setup: () => { throw new Error("no licence"); } });`;
