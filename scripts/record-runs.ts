// `npm run record-runs -- FOLDER`: makes the runs of tests/report/recorded-runs anew, in a new folder. It takes about two minutes.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { gzipSync } from "node:zlib";
import { startWorker } from "../tests/support/distributed.ts";
import { fixture } from "../tests/support/fixture.ts";
import { MusterRun } from "../tests/support/muster-process.ts";
import { SampleApi } from "../tests/support/sample-api.ts";
import { unusedPort } from "../tests/support/unused-port.ts";
import { waitUntil } from "../tests/support/wait-until.ts";

const root = path.resolve(import.meta.dirname, "..");
const recorded = path.join(root, "tests/report/recorded-runs/recorded.ts");
const target = path.resolve(process.argv[2] ?? "");
const undo: (() => Promise<void> | void)[] = [];
const cleanup = { after: (step: () => Promise<void> | void) => void undo.unshift(step) };

type Misbehaviour = Parameters<SampleApi["misbehave"]>[0];

/** What becomes of a run that has started. */
type Course = (run: MusterRun, api: SampleApi) => Promise<MusterRun>;

const toItsEnd: Course = async (run) => {
  await run.finished(120_000);
  return run;
};

const stoppedBy =
  (signal: NodeJS.Signals): Course =>
  async (run, api) => {
    await waitUntil("load", async () => (await api.counts()).total > 500);
    run.kill(signal);
    await (signal === "SIGKILL" ? run.ended() : run.finished());
    return run;
  };

async function record(name: string, words: string[], course: Course, misbehaviour: Misbehaviour = {}): Promise<void> {
  const api = await SampleApi.start(cleanup);
  await api.misbehave(misbehaviour);
  const folder = path.join(target, `${name}.work`);
  await mkdir(folder, { recursive: true });
  const [command = "run", ...rest] = words;
  const flags = [...rest, `--host=${api.url}`];
  const run = await MusterRun.start(cleanup, [command, ...flags], { MUSTER_DATA_DIR: folder });
  await keep(name, await course(run, api), folder);
}

/** A master that is killed under its workers, and resumed; the workers find it again. */
async function recordResumed(): Promise<void> {
  const api = await SampleApi.start(cleanup);
  const folder = path.join(target, "resumed.work");
  const env = { MUSTER_DATA_DIR: folder };
  const port = await unusedPort();
  const bind = `--master-bind-port=${port}`;
  const words = [recorded, "--profile=brief", `--host=${api.url}`, "--expect-workers=2"];
  const master = await MusterRun.start(cleanup, ["master", bind, ...words], env);
  await master.masterPort();
  startWorker(cleanup, port, "");
  startWorker(cleanup, port, "");
  await waitUntil("load", async () => (await api.counts()).total > 200);
  master.kill("SIGKILL");
  await master.ended();
  const runId = String(master.log.find((line) => line.run !== undefined)?.run);
  const second = await MusterRun.start(cleanup, ["master", bind, `--resume=${runId}`], env);
  await second.finished(60_000);
  await keep("resumed", second, folder);
}

/** A run of two workers, one of which is killed. */
const losingAWorker: Course = async (run, api) => {
  const [victim = 0] = await run.workerPids(2);
  await waitUntil("load", async () => (await api.counts()).total > 300);
  process.kill(victim, "SIGKILL");
  await run.finished();
  return run;
};

/** Keeps the store of a run, and the result that the run wrote; of a run without one, what `muster report` makes of it. */
async function keep(name: string, run: MusterRun, folder: string): Promise<void> {
  const runId = String(run.log.find((line) => line.run !== undefined)?.run);
  if (!existsSync(run.resultFile)) {
    const args = [
      path.join(root, "bin/muster.js"),
      "report",
      runId,
      `--data-dir=${folder}`,
      `--json=${run.resultFile}`,
    ];
    execFileSync(process.execPath, args);
  }
  const database = path.join(folder, "muster.db");
  const store = new DatabaseSync(database);
  // The command in the facts names files of this machine.
  store.function("without_folders", (text) => String(text).replaceAll(/\/[^ "]+\//g, ""));
  store.exec("UPDATE runs SET facts = without_folders(facts)");
  store.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE; VACUUM;");
  store.close();
  for (const [suffix, file] of [["db", database] as const, ["result.json", run.resultFile] as const])
    await writeFile(path.join(target, `${name}.${suffix}.gz`), gzipSync(await readFile(file), { level: 9 }));
  await rm(folder, { recursive: true });
  console.log(name);
}

try {
  await Promise.all([
    record("passed", ["run", recorded, "--profile=passed"], toItsEnd),
    record("failed", ["run", recorded, "--profile=failed"], toItsEnd),
    record("dropped", ["run", recorded, "--profile=dropped"], toItsEnd, { latencyMs: 100 }),
    record("aborted", ["run", recorded, "--profile=aborted"], toItsEnd),
    record("counted", ["run", recorded, "--profile=counted"], toItsEnd),
    record("together", ["run", recorded, "--profile=together", "--workers=2"], toItsEnd),
  ]);
  await Promise.all([
    record("interrupted", ["run", recorded, "--profile=long"], stoppedBy("SIGINT")),
    record("crashed", ["run", recorded, "--profile=long"], stoppedBy("SIGKILL")),
    record("worker-lost", ["run", recorded, "--profile=brief", "--workers=2"], losingAWorker),
    recordResumed(),
  ]);
  const capacity = { latencyMs: 200, capacity: { requestsPerSecond: 50 } };
  const leak = { latencyMs: 50, leak: { msPerMinute: 600 } };
  await Promise.all([
    record("search", ["run", fixture("searches"), "--profile=short", "--run-time=26s"], toItsEnd, capacity),
    record("search-users", ["run", fixture("searches"), "--profile=few"], toItsEnd, capacity),
    record("spike", ["run", fixture("spikes"), "--profile=brief"], toItsEnd, { latencyMs: 20 }),
    record("soak", ["run", fixture("soaks"), "--profile=soak"], toItsEnd, leak),
  ]);
} finally {
  for (const step of undo) await step();
}
