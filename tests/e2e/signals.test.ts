import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { eventKindsOf } from "../support/assert-passed.ts";
import { casesByDepth } from "../support/depth.ts";
import { assertConsistent, assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { unusedPort } from "../support/unused-port.ts";
import { patienceMs, waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

for (const [signal, declare] of casesByDepth(1, ["SIGINT", "SIGTERM"] as const)) {
  declare(`${signal} in mid-run: exit 105 with a complete result, teardown included`, async (t) => {
    const api = await freshApi();
    const words = ["run", fixture("plot-palette-quick"), "--workers=2", "--run-time=10m", `--host=${api.url}`];
    const run = await MusterRun.start(t, words);
    await waitUntil("some requests", async () => (await api.counts()).total > 100);
    run.kill(signal);
    const { code, result } = await run.finished();

    assert.deepEqual([code, result.exitCode, result.verdict], [105, 105, "aborted"]);
    assert.match(result.reasons.join(), new RegExp(`^stopped by ${signal} `));
    await assertExact(result, api);
    assert.ok(result.total.requests >= 100);
    assert.equal(result.interruptedIterations, 0);
    assert.deepEqual(result.ledger.missing, []);
    const teardown = result.lifecycleRequests.find((own) => own.phase === "teardown");
    assert.deepEqual([teardown?.method, teardown?.name, teardown?.requests], ["DELETE", "/admin/jobs", 1]);
    assert.equal(await api.jobsLeft(), 0, "onStop and teardown have deleted what the users made");
    assert.match(run.stdout, new RegExp(signal), "the summary says why");
  });
}

for (const [{ through, code, verdict }, declare] of casesByDepth(1, [
  { through: [], code: 105, verdict: "aborted" },
  { through: ["bash", "-c", 'nohup "$@"; exit $?', "bash"], code: 0, verdict: "passed" },
])) {
  declare(`SIGHUP to all processes of a run${through.length > 0 ? " under nohup" : ""}: exit ${code}`, async (t) => {
    const api = await freshApi();
    const runTime = code === 105 ? "10m" : "4s";
    const words = ["run", fixture("visitors"), "--workers=2", `--run-time=${runTime}`, `--host=${api.url}`];
    const run = await MusterRun.start(t, words, {}, through);
    await waitUntil("some requests", async () => (await api.counts()).total > 50);
    // The end of a terminal reaches every process that it has.
    const own = through.length === 0 ? [run.pid] : [];
    for (const pid of [...(await descendantsOf(run.pid)), ...own]) process.kill(pid, "SIGHUP");
    const { code: exitCode, result } = await run.finished();
    assert.deepEqual([exitCode, result.exitCode, result.verdict], [code, code, verdict], result.reasons.join());
    assert.deepEqual(eventKindsOf(result), [], "no worker left");
    await assertExact(result, api);
  });
}

test("a test that never is loaded: a second SIGINT ends the command", async (t) => {
  const text = 'console.error("loading"); await new Promise((resolve) => setTimeout(resolve, 600_000));';
  const folder = await temporaryFolder(t, { "test.ts": text });
  const muster = new MusterProcess(t, ["run", join(folder, "test.ts")]);
  await muster.errorOutput(/(loading)/);
  muster.kill("SIGINT");
  muster.kill("SIGTERM");
  // Two signals that wait at the same time may come in either order.
  assert.deepEqual(await muster.ended(), { code: 105, signal: null });
  assert.match(muster.stderr, /muster: stopped by SIG(INT|TERM) before the test was loaded/);
});

test("a second SIGINT ends at once, still with a complete result", async (t) => {
  const api = await freshApi();
  const words = ["run", fixture("slow-and-quick"), "--workers=2", "--stop-timeout=10m", `--host=${api.url}`];
  const run = await MusterRun.start(t, words);
  await waitUntil("all users", async () => (await api.counts()).connections.current >= 12);
  await api.misbehave({ stall: { forMs: 600_000 } });
  await waitUntil("the slow users hang", async () => {
    const before = await api.counts();
    return before.inFlight.current >= 2 && before.routes["GET /health"]?.requests !== undefined;
  });
  run.kill("SIGINT");
  // The quick users end by themselves and close their connections, so the first signal has arrived.
  await waitUntil("only slow users are left", async () => (await api.counts()).connections.current <= 4);
  assert.equal(run.hasEnded, false, "the first signal waits for iterations under way");
  run.kill("SIGINT");
  const { code, result } = await run.finished();

  assert.deepEqual([code, result.verdict], [105, "aborted"]);
  assert.equal(result.interruptedIterations, 2, "one of each slow user");
  assertConsistent(result);
  // An interrupted request is neither a success nor a failure, so the API has seen two more than were measured.
  const { routes } = await api.counts();
  const reported = (name: string) =>
    [...result.endpoints, ...result.lifecycleRequests]
      .filter((endpoint) => endpoint.name === name)
      .reduce((sum, endpoint) => sum + endpoint.requests, 0);
  assert.equal(reported("/jobs") + 2, routes["GET /jobs"]?.requests);
  assert.equal(reported("/health"), routes["GET /health"]?.requests, "a teardown that is begun is also reported");
  assert.equal(result.total.failures, 0);
});

test("SIGTERM while it waits for workers: exit 105, and the result says that nothing ran", async (t) => {
  const words = ["master", fixture("visitors"), "--host=http://127.0.0.1:9", "--master-bind-port=0"];
  const run = await MusterRun.start(t, words);
  await run.masterPort();
  run.kill("SIGTERM");
  const { code, result } = await run.finished();
  assert.deepEqual([code, result.exitCode, result.verdict], [105, 105, "aborted"]);
  assert.deepEqual([result.total.requests, result.iterations, result.workers], [0, 0, []]);
});

test("SIGTERM at a worker whose master does not answer: it ends with 105", async (t) => {
  // Nobody else connects to it, as a worker of another test may to a port that its master had.
  const silent = createServer().listen(await unusedPort(), "127.0.0.1");
  t.after(() => {
    silent.close();
  });
  await once(silent, "listening");
  const connected = once(silent, "connection", { signal: AbortSignal.timeout(patienceMs) });
  const worker = new MusterProcess(t, ["worker", `--master-port=${(silent.address() as AddressInfo).port}`]);
  const [socket] = (await connected) as [Socket];
  t.after(() => {
    socket.destroy();
  });
  worker.kill("SIGTERM");
  assert.deepEqual(await worker.ended(), { code: 105, signal: null });
});

/** The processes that a process has started, and those that these have. Only Linux tells. */
async function descendantsOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const children = text.trim().split(" ").filter(Boolean).map(Number);
  return [...(await Promise.all(children.map(descendantsOf))).flat(), ...children];
}
