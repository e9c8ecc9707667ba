import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveWorker } from "../../src/api/contract/live.ts";
import type { PlanColumns, RunReport } from "../../src/report/page/model.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { assertPassed, eventKindsOf } from "../support/assert-passed.ts";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { fixture } from "../support/fixture.ts";
import { LiveStream, type StreamedEvent } from "../support/live-stream.ts";
import { type SampleApi, sampleApiOfFile } from "../support/sample-api.ts";
import { waitUntil } from "../support/wait-until.ts";
import { WebMaster } from "../support/web-master.ts";

const freshApi = sampleApiOfFile();

/** Every user has one connection, and the question itself has one more. */
async function seesUsers(api: SampleApi, count: number): Promise<void> {
  await waitUntil(`${count} users`, async () => (await api.counts()).connections.current === count + 1);
}

test("a run is started, steered and stopped; a worker is killed; all counts agree, and another run follows", async (t) => {
  const api = await freshApi();
  const words = ["run", fixture("loads"), `--host=${api.url}`, "--profile=steered", "--ui", "--workers=2"];
  const master = await WebMaster.start(t, words);
  await waitUntil("both workers", async () => (await master.get("/readyz")).status === 200);
  const live = await LiveStream.open(t, master.url);
  const before = (await api.counts()).total;

  const started = await master.post("/api/runs", { users: 10, spawnRate: 100 });
  assert.equal(started.status, 201, started.text);
  const run = `/api/runs/${started.json.id}`;
  await seesUsers(api, 10);
  assert.equal((await master.post("/api/runs", {})).json.code, "run-active");

  await master.ask("PATCH", `${run}/load`, { users: 40, overMs: 500 });
  await seesUsers(api, 40);
  await master.ask("PATCH", `${run}/load`, { users: 5 });
  await seesUsers(api, 5);
  const victim = await waitUntil("a worker's clock", async () => {
    const [one] = (await master.get<LiveWorker[]>("/api/workers")).json;
    return one?.clockOffsetMs !== null && one;
  });
  assert.equal(victim.state, "running");
  assert.ok(Math.abs(victim.clockOffsetMs ?? Number.NaN) < 60_000, `${victim.clockOffsetMs} ms`);
  process.kill(victim.pid, "SIGKILL");
  const lost = await live.until("event", ({ kind }) => kind === "worker-lost");
  assert.match(String(lost.text), /its \d+ users moved to the other workers/);
  const [gone, other] = await waitUntil("its users to be with the other one", async () => {
    const { json } = await master.get<LiveWorker[]>("/api/workers");
    return json[1]?.users === 5 && json;
  });
  assert.deepEqual([gone?.state, gone?.users, other?.state], ["lost", 0, "running"]);
  await seesUsers(api, 5);

  assert.equal((await master.post(`${run}/pause`)).json.state, "paused");
  await seesUsers(api, 0);
  const planOf = ({ plan }: StreamedEvent["data"]) => plan as PlanColumns;
  await live.until("plan", (event) => planOf(event).isEndless === true && planOf(event).users?.at(-1) === 0);
  assert.equal((await master.post(`${run}/resume`)).json.state, "running");
  await seesUsers(api, 5);
  // The plan is that of the start with the changes to 40 and 5 users and the pause, in the stream as in the report.
  const plan = await waitUntil("the plan after the pause", () => {
    const last = live.all("plan").map(planOf).at(-1);
    return last?.isEndless === undefined && last?.users?.at(-1) === 5 && last;
  });
  assert.ok(
    [10, 40, 5, 0].every((users) => plan.users?.includes(users)),
    JSON.stringify(plan),
  );
  assert.deepEqual((await master.get<RunReport>(`${run}/report`)).json.plan, plan);

  await master.post(`${run}/reset-statistics`);
  const { result: whole, since } = await live.until("result", (event) => {
    return (event.since as { result: Result } | null) !== null;
  });
  const anew = (since as { result: Result }).result.total.requests;
  assert.ok((whole as Result).total.requests > anew, `${anew} since the reset`);
  await master.post(`${run}/stop`, { mode: "gently" });
  await master.until("finished");
  const result = (await master.get<Result>(run)).json;
  await live.until("result", ({ result: shown }) => (shown as Result).total.requests === result.total.requests);
  assert.deepEqual(live.violations, []);
  // What a killed worker had not reported is named in the ledger; everything else is counted, on both sides.
  const counted = (await api.counts()).total - before;
  const [gap] = result.ledger.missing;
  assert.equal(result.ledger.missing.length, 1);
  assert.equal(gap?.worker, gone?.number);
  assert.ok(counted >= result.total.requests, `${counted} counted, ${result.total.requests} reported`);
  const perSecond = result.total.requestsPerSecond;
  assert.ok(counted - result.total.requests <= 10 * perSecond, `${counted} counted, ${result.total.requests} reported`);
  assert.equal(result.total.failures, 0);
  const windows = live.all("window").filter(({ runId }) => runId === started.json.id);
  const inWindows = windows.reduce((sum, { total }) => sum + (total as { requests: number }).requests, 0);
  assert.equal(inWindows, result.total.requests, "the windows add up to the result");
  const kinds = eventKindsOf(result);
  // Each of these was requested on the page, and the start; the lost worker was not.
  assert.equal(kinds.filter((kind) => kind === "audit").length, 7);
  assert.deepEqual(
    kinds.filter((kind) => kind !== "audit"),
    ["users-changed", "users-changed", "worker-lost", "paused", "resumed", "statistics-reset", "stopped"],
  );

  // The next run has both workers again: the killed one was replaced.
  await waitUntil("the workers", async () => (await master.get<LiveWorker[]>("/api/workers")).json.length === 1);
  const from = (await api.counts()).total;
  const second = await master.post("/api/runs", { users: 8, spawnRate: 100, durationMs: 1_500 });
  assert.equal(second.status, 201, second.text);
  await live.until("state", ({ runId, state }) => runId === second.json.id && state === "finished");
  const last = (await master.get<Result>(`/api/runs/${second.json.id}`)).json;
  assert.deepEqual(
    last.workers.map(({ users }) => users),
    [4, 4],
  );
  assert.equal((await api.counts()).total - from, last.total.requests);

  master.process.kill("SIGTERM");
  const { code } = await master.process.ended();
  assert.equal(code, last.exitCode, master.process.stderr);
  assertPassed(code, last);
});

deepTest("remote workers stay from run to run, and come back when they missed the end of one", async (t) => {
  const api = await freshApi();
  const words = ["master", fixture("loads"), `--host=${api.url}`, "--profile=steered", "--master-bind-port=0"];
  const flags = ["--expect-workers=2", "--worker-timeout=1s", "--autostart", "--users=4", "--run-time=2s"];
  const master = await WebMaster.start(t, [...words, ...flags]);
  const port = await master.process.masterPort();
  const first = startWorker(t, port, "");
  const second = startWorker(t, port, "");
  const live = await LiveStream.open(t, master.url);
  await live.until("state", ({ state }) => state === "running");
  second.kill("SIGSTOP");
  await master.until("finished");
  second.kill("SIGCONT");
  await waitUntil("both", async () => (await master.get<LiveWorker[]>("/api/workers")).json.length === 2);

  const again = await master.post("/api/runs", {});
  assert.equal(again.status, 201, again.text);
  await live.until("state", ({ runId, state }) => runId === again.json.id && state === "running");
  await live.until("state", ({ runId, state }) => runId === again.json.id && state === "finished");
  const result = (await master.get<Result>(`/api/runs/${again.json.id}`)).json;
  assert.deepEqual(
    result.workers.map(({ users, lost }) => [users, lost]),
    [
      [2, false],
      [2, false],
    ],
  );
  assert.equal(first.hasEnded || second.hasEnded, false);
  master.process.kill("SIGINT");
  assert.equal((await master.process.ended()).code, 0, master.process.stderr);
  assert.deepEqual([(await first.ended()).code, (await second.ended()).code], [0, 0]);
});

test("a signal ends the run that goes on, writes its result, and then the session", async (t) => {
  const api = await freshApi();
  const words = ["run", fixture("loads"), `--host=${api.url}`, "--profile=steered", "--autostart", "--json=-"];
  const master = await WebMaster.start(t, words);
  await seesUsers(api, 10);
  master.process.kill("SIGTERM");
  const { code } = await master.process.ended();
  const result = JSON.parse(master.process.stdout) as Result;
  assert.deepEqual([code, result.exitCode, result.verdict], [105, 105, "aborted"]);
  assert.equal(result.total.requests, (await api.counts()).total);
});

deepTest("a run that is stopped before its load has begun is given up, at once when that is asked", async (t) => {
  const words = ["run", fixture("endless-setup"), "--host=http://127.0.0.1:9", "--ui"];
  const master = await WebMaster.start(t, words);
  const run = `/api/runs/${(await master.post("/api/runs", {})).json.id}`;
  await waitUntil("setup", async () => (await master.get<{ phase: string }>("/api/state")).json.phase === "setup");
  assert.equal((await master.post(`${run}/pause`)).json.code, "no-load");
  assert.equal((await master.post(`${run}/stop`, { mode: "gently" })).json.state, "starting");
  assert.equal((await master.post(`${run}/stop`, { mode: "at-once" })).status, 200);
  await master.until("finished");
  const result = (await master.get<Result>(run)).json;
  assert.equal(result.verdict, "aborted");
  assert.match(result.reasons.join(), /stopped by its user before the end of the plan/);
  assert.equal((await master.post(`${run}/stop`, { mode: "gently" })).json.code, "run-over");
});

deepTest(
  "what the test's code writes is among the logs, thinned out, with the worker that it comes from",
  async (t) => {
    const api = await freshApi();
    const words = ["run", fixture("talkative"), `--host=${api.url}`, "--autostart"];
    const master = await WebMaster.start(t, words);
    const live = await LiveStream.open(t, master.url);
    const line = await live.until("log", ({ node }) => node === "worker 1");
    assert.deepEqual([line.level, line.message], ["warn", "got 200"]);
    const thinned = await live.until("log", ({ message }) => String(message).includes("were left out"));
    assert.match(String(thinned.message), /^got 200 \(\d+ lines before it were left out\)$/);
    const lines = (await master.get<{ node: string }[]>("/api/logs?node=worker%201")).json;
    assert.ok(lines.length >= 20 && lines.every(({ node }) => node === "worker 1"));
    const all = (await master.get<{ message: string }[]>("/api/logs")).json;
    assert.ok(all.some(({ message }) => message.startsWith("the web page is at")));
  },
);

deepTest("a session that ran nothing ends with 0; one that was told to quit after its run does", async (t) => {
  const api = await freshApi();
  const idle = await WebMaster.start(t, ["run", fixture("visitors"), `--host=${api.url}`, "--ui"]);
  idle.process.kill("SIGINT");
  assert.equal((await idle.process.ended()).code, 0, idle.process.stderr);
  const words = ["run", fixture("visitors"), `--host=${api.url}`, "--run-time=1s", "--autostart", "--autoquit=200ms"];
  const quick = await WebMaster.start(t, words);
  assert.equal((await quick.process.ended()).code, 0, quick.process.stderr);
});
