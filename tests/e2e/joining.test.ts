import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { casesByDepth, deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { SampleApi, sampleApiOfFile } from "../support/sample-api.ts";

const freshApi = sampleApiOfFile();

const visitors = fixture("visitors");
const anyPort = "--master-bind-port=0";
const nowhere = "--host=http://127.0.0.1:9";

test("too few workers within --expect-workers-max-wait: exit 103, and the result says so", async (t) => {
  const words = ["master", visitors, nowhere, anyPort, "--expect-workers=3", "--expect-workers-max-wait=1s"];
  const master = await MusterRun.start(t, words);
  const { code, result } = await master.finished();
  assert.deepEqual([code, result.exitCode, result.verdict], [103, 103, "aborted"]);
  assert.deepEqual(result.reasons, ["0 of 3 expected workers connected within 1 s (--expect-workers-max-wait)"]);
  assert.deepEqual([result.total.requests, result.run.durationMs, result.workers], [0, 0, []]);
  assert.match(master.stdout, /0 of 3 expected workers/);
});

deepTest("muster run waits for its own workers as long as its flag says, and names it", async (t) => {
  const words = ["run", visitors, nowhere, "--workers=2", "--expect-workers-max-wait=1ms"];
  const run = await MusterRun.start(t, words);
  const { code, result } = await run.finished();
  assert.deepEqual([code, result.verdict], [103, "aborted"]);
  assert.deepEqual(result.reasons, ["0 of 2 expected workers connected within 0.001 s (--expect-workers-max-wait)"]);
});

test("a port in use: exit 104 and one line", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  t.after(() => {
    other.close();
  });
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const master = new MusterProcess(t, ["master", visitors, nowhere, `--master-bind-port=${port}`]);
  assert.deepEqual(await master.ended(), { code: 104, signal: null });
  assert.deepEqual(master.saidLines, [
    `muster: cannot listen for workers on 127.0.0.1:${port}: the port is in use; choose another with --master-bind-port`,
  ]);
  assert.equal(master.stdout, "");
});

for (const [host, declare] of casesByDepth(1, ["0.0.0.0", "::", "192.0.2.1"])) {
  declare(`--master-bind-host=${host} without a token: exit 104 and one line`, async (t) => {
    const master = new MusterProcess(t, ["master", visitors, nowhere, anyPort, `--master-bind-host=${host}`]);
    assert.deepEqual(await master.ended(), { code: 104, signal: null });
    assert.equal(master.saidLines.length, 1);
    assert.match(
      master.saidLines.join(),
      /^muster: --master-bind-host .* set MUSTER_TOKEN or --token-file, here and on/,
    );
    assert.deepEqual(master.log, [], "nothing was started");
  });
}

test("no master: the worker ends with 103 and one line when --connect-timeout is over", async (t) => {
  const worker = startWorker(t, 9, "", "--connect-timeout=300ms");
  assert.deepEqual(await worker.ended(), { code: 103, signal: null });
  assert.equal(worker.saidLines.length, 1);
  assert.match(worker.saidLines.join(), /^muster: no master at ws:\/\/127\.0\.0\.1:9 /);
});

test("something else behind the port: the worker ends with 104 and one line", async (t) => {
  const api = await freshApi();
  const worker = startWorker(t, Number(new URL(api.url).port), "");
  assert.deepEqual(await worker.ended(), { code: 104, signal: null });
  assert.match(worker.saidLines.join("\n"), /^muster: ws:\/\/127\.0\.0\.1:\d+ is not a muster master: .*$/);
});

test("one worker command may stand for several processes; it ends with 0 when they have", async (t) => {
  const api = await freshApi();
  const words = ["master", visitors, `--host=${api.url}`, "--run-time=1s", anyPort, "--expect-workers=2"];
  const master = await MusterRun.start(t, words, { MUSTER_TOKEN: "secret" });
  const workers = startWorker(t, await master.masterPort(), "secret", "--processes=2");
  const { code, result } = await master.finished();
  assert.deepEqual([code, result.workers.length], [0, 2]);
  await assertExact(result, api);
  assert.deepEqual(await workers.ended(), { code: 0, signal: null });
});

test("workers see the master's environment, not their own", async (t) => {
  const api = await SampleApi.start(t, { PLOT_PALETTE_ADMIN_TOKEN: "another" });
  const words = ["master", fixture("plot-palette-quick"), anyPort, "--run-time=1s"];
  const master = await MusterRun.start(t, words, { PLOT_PALETTE_ADMIN_TOKEN: "another", API_ENDPOINT: api.url });
  startWorker(t, await master.masterPort(), "");
  const { code, result } = await master.finished();
  assert.equal(result.run.host, api.url);
  assert.deepEqual(result.errors, []);
  assert.equal(code, 0);
  await assertExact(result, api);
});
