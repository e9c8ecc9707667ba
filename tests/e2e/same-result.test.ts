import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Result } from "../../src/report/result/result-schema.ts";
import { deepTest } from "../support/depth.ts";
import { differences } from "../support/differences.ts";
import { startWorker } from "../support/distributed.ts";
import { fixture } from "../support/fixture.ts";
import { HitServer } from "../support/hit-server.ts";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { SampleApi } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";
import { unusedPort } from "../support/unused-port.ts";
import { waitUntil } from "../support/wait-until.ts";
import { WebMaster } from "../support/web-master.ts";

/** Checks, metrics, exceptions, setup and teardown, and thresholds of all kinds. */
const everything = fileURLToPath(new URL("../report/recorded-runs/recorded.ts", import.meta.url));

/** Whoever is strained on a busy machine is told of, and spoils no verdict. */
const strain = { MUSTER_ON_WORKER_STRAIN: "warn" };

/** What becomes of a run that has started. */
type Course = (run: MusterRun, api: SampleApi) => Promise<void> | void;

async function ended(t: Cleanup, words: readonly string[], course: Course = () => {}): Promise<MusterRun> {
  const api = await SampleApi.start(t);
  const [command = "run", ...rest] = words;
  const run = await MusterRun.start(t, [command, everything, `--host=${api.url}`, ...rest], strain);
  await course(run, api);
  await run.ended();
  return run;
}

const loaded = (api: SampleApi) => waitUntil("load", async () => (await api.counts()).total > 300);

/** What `muster report` prints of the run: as JSON, or the summary. */
async function reported(t: Cleanup, dataFolder: string, id: string, ...flags: string[]): Promise<string> {
  const report = new MusterProcess(t, ["report", id, ...flags], { env: { MUSTER_DATA_DIR: dataFolder } });
  assert.deepEqual(await report.ended(), { code: 0, signal: null }, report.stderr);
  return report.stdout;
}

/** From now on the store has the run's data, and not the result that was made of them. */
function forgetResult(dataFolder: string): void {
  const database = new DatabaseSync(join(dataFolder, "muster.db"));
  database.exec("UPDATE runs SET result = NULL");
  database.close();
}

/** Both from the result that the store keeps, and from the data alone. */
async function assertSameAgain(t: Cleanup, run: MusterRun, code: number): Promise<Result> {
  const { code: exitCode, result } = await run.finished();
  assert.deepEqual([exitCode, result.exitCode], [code, code], String(result.reasons));
  const { id } = result.run;
  const kept = await reported(t, run.dataFolder, id, "--json=-");
  forgetResult(run.dataFolder);
  const made = await reported(t, run.dataFolder, id, "--json=-");
  assert.deepEqual(JSON.parse(kept), result);
  assert.deepEqual(JSON.parse(made), result);
  const summary = await reported(t, run.dataFolder, id);
  assert.ok(run.stdout.includes(summary), `${summary}\n${run.stdout}`);
  return result;
}

test("muster report says the same as a run with two workers that failed", async (t) => {
  const { thresholds, warnings } = await assertSameAgain(
    t,
    await ended(t, ["run", "--profile=failed", "--workers=2"]),
    99,
  );
  assert.ok((thresholds.find(({ span }) => span !== undefined)?.span?.windows?.judged ?? 0) > 0);
  assert.ok(warnings.length > 0);
});

deepTest(
  "muster report says the same as a run that passed, one with two scenarios, and one that dropped arrivals",
  async (t) => {
    const [passed, together, dropped] = await Promise.all([
      ended(t, ["run", "--profile=passed"]),
      ended(t, ["run", "--profile=together", "--workers=2"]),
      ended(t, ["run", "--profile=dropped"], (_, api) => api.misbehave({ latencyMs: 100 })),
    ]);
    await assertSameAgain(t, passed, 0);
    await assertSameAgain(t, together, 0);
    assert.ok((await assertSameAgain(t, dropped, 0)).droppedIterations > 0);
  },
);

deepTest(
  "muster report says the same of a run that a threshold or a signal ended, that lost a worker, or never began",
  async (t) => {
    const [aborted, interrupted, lost, waiting] = await Promise.all([
      ended(t, ["run", "--profile=aborted"]),
      ended(t, ["run", "--profile=long"], async (run, api) => {
        await loaded(api);
        run.kill("SIGINT");
      }),
      ended(t, ["run", "--profile=brief", "--workers=2"], async (run, api) => {
        const [victim = 0] = await run.workerPids(2);
        await loaded(api);
        process.kill(victim, "SIGKILL");
      }),
      ended(t, ["master", "--master-bind-port=0", "--expect-workers=1", "--expect-workers-max-wait=500ms"]),
    ]);
    assert.match(String((await assertSameAgain(t, aborted, 99)).reasons), /\(abortOnFail\)/);
    assert.equal((await assertSameAgain(t, interrupted, 105)).verdict, "aborted");
    assert.equal((await assertSameAgain(t, lost, 0)).ledger.missing.length, 1);
    assert.equal((await assertSameAgain(t, waiting, 103)).run.durationMs, 0);
  },
);

deepTest("muster report says the same of a run that lost a worker before its load", async (t) => {
  const server = await HitServer.start(t);
  const run = await MusterRun.start(t, ["run", fixture("once"), `--host=${server.url}`, "--workers=2"], strain);
  const [victim = 0] = await run.workerPids(2);
  await waitUntil("setup", async () => (await server.hits()).has("setup-begun"));
  process.kill(victim, "SIGKILL");
  const { workers } = await assertSameAgain(t, run, 103);
  assert.deepEqual(workers.map(({ lost }) => lost).sort(), [false, true]);
});

deepTest("muster report says the same of a run whose master was killed and resumed", async (t) => {
  const [api, port, dataFolder] = [await SampleApi.start(t), await unusedPort(), await temporaryFolder(t)];
  const env = { ...strain, MUSTER_DATA_DIR: dataFolder };
  const bind = ["master", `--master-bind-port=${port}`];
  const words = [everything, "--profile=brief", `--host=${api.url}`, "--expect-workers=2"];
  const first = await MusterRun.start(t, [...bind, ...words], env);
  await first.masterPort();
  for (let worker = 0; worker < 2; worker++) startWorker(t, port, "");
  await loaded(api);
  first.kill("SIGKILL");
  await first.ended();
  const second = await MusterRun.start(t, [...bind, ...words, "--resume=auto"], env);
  const { events } = await assertSameAgain(t, second, 0);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["master-resumed"],
  );
});

deepTest(
  "muster report says the same of a run whose master was killed: what its page said last, but for how long it lasted and how it ended",
  async (t) => {
    const api = await SampleApi.start(t);
    const words = ["run", everything, "--profile=long", "--workers=2", `--host=${api.url}`, "--autostart"];
    const master = await WebMaster.start(t, words, { env: strain });
    const workers = await master.process.workerPids(2);
    await loaded(api);
    const { runId } = (await master.get<{ runId: string }>("/api/state")).json;
    const onPage = async () => (await master.get<Result>(`/api/runs/${runId}`)).json;
    for (const pid of workers) process.kill(pid, "SIGSTOP");
    // What they had sent is still taken; nothing comes after it.
    let last = await onPage();
    await waitUntil("the last report", async () => {
      const before = last;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      last = await onPage();
      return before.ledger.reports === last.ledger.reports;
    });
    master.process.kill("SIGKILL");
    for (const pid of workers) process.kill(pid, "SIGKILL");
    await master.process.ended();
    const told = JSON.parse(await reported(t, master.process.dataFolder, runId, "--json=-")) as Result;
    assert.ok(told.total.requests > 50);
    assert.match(String(told.reasons), /^the run has not ended/);
    const [load] = told.load ?? [];
    assert.ok((load?.made ?? 0) > 0 && (load?.planned ?? 0) > 0, "the load until then");
    // The page goes on counting seconds, knows how much of the plan was due by now, and knows of the workers' health what is not in the store before its second is whole.
    const isOfTime =
      /^run\.(?:durationMs|loadMs)$|requestsPerSecond$|^(?:metrics|groups)\.\d+\.ratePerSecond$|^workers\.\d+\.health|^load/;
    const isOfEnd = /^verdict$|^exitCode$|^reasons/;
    const differing = differences(last, told).filter((field) => !isOfTime.test(field) && !isOfEnd.test(field));
    assert.deepEqual(differing, []);
  },
);
