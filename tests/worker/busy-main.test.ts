import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { MusterProcess } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { patienceMs } from "../support/wait-until.ts";
import { StagedWorker, testSource } from "./staged-worker.ts";

const withTimeout = { timeout: patienceMs };
/** At least, and not for ever. */
const busyMs = 3_000;
const longestMs = 30_000;
/** The first user keeps the process to itself until there is a file, once, some time after the start. */
const blocking = (file: string) =>
  testSource(`
  if (vu.index === 0 && vu.iteration === 40) {
    const { existsSync } = process.getBuiltinModule("node:fs");
    const beganMs = performance.now();
    const lastedMs = () => performance.now() - beganMs;
    while (lastedMs() < ${busyMs} || (lastedMs() < ${longestMs} && !existsSync(${JSON.stringify(file)})));
  }`);

test(
  "the test's code blocks the event loop: heartbeats say so, sockets are found again, nothing is lost",
  withTimeout,
  async (t) => {
    const release = join(await temporaryFolder(t), "release");
    const worker = await StagedWorker.start(t, { source: blocking(release) });
    const visit = await worker.running();
    assert.ok(visit.heartbeats.every(({ blockedMs }) => blockedMs === 0));
    await worker.until("it is blocked", () => visit.heartbeats.some(({ blockedMs }) => blockedMs > 0));
    assert.equal(visit.heartbeats.at(-1)?.users, 3);
    const blockedAtMs = performance.now() - (visit.heartbeats.at(-1)?.blockedMs ?? 0);
    visit.cut();
    const again = await worker.master.visit(2);
    await worker.until("its heartbeat", () => again.heartbeats.length > 0);
    const [first] = again.heartbeats;
    assert.ok((first?.blockedMs ?? 0) > 500, `${first?.blockedMs} ms: it came back while it was blocked`);
    await writeFile(release, "");
    const mostMs = Math.max(busyMs, performance.now() - blockedAtMs) + 10_000;
    await worker.until("it is well again", () => again.heartbeats.at(-1)?.blockedMs === 0);
    const longest = Math.max(...[...visit.heartbeats, ...again.heartbeats].map(({ blockedMs }) => blockedMs));
    assert.ok(longest <= mostMs, `${longest} ms`);

    again.send({ type: "stop", stopTimeoutMs: 5_000 });
    await worker.until("it has stopped", () => again.said("stopped") !== undefined);
    const { reports } = worker;
    assert.ok(
      reports.some(({ windowCount }) => windowCount >= busyMs / 1_000),
      "one report spans the time in which none could be made",
    );
    assert.equal(worker.requestsReported, worker.target.requests);
    again.send({ type: "quit" });
    assert.deepEqual(await worker.process.ended(), { code: 0, signal: null });
  },
);

test(
  "a worker that was stopped and goes on: its next report spans the time, and it was never blocked",
  withTimeout,
  async (t) => {
    const worker = await StagedWorker.start(t);
    const visit = await worker.running();
    await worker.until("a report", () => worker.reports.length >= 1);
    worker.process.kill("SIGSTOP");
    const stoppedAtMs = performance.now();
    await worker.until("it stands still", () => performance.now() - stoppedAtMs > 3_200);
    worker.process.kill("SIGCONT");
    await worker.until("a report of all that time", () => worker.reports.some(({ windowCount }) => windowCount >= 3));
    const count = worker.reports.length;
    await worker.until("one of a single window", () =>
      worker.reports.slice(count).some((one) => one.windowCount === 1),
    );
    assert.ok(visit.heartbeats.every(({ blockedMs }) => blockedMs === 0));
    assert.equal(worker.master.visits.length, 1, "the socket has held");
    visit.send({ type: "stop", stopTimeoutMs: 5_000 });
    await worker.until("it has stopped", () => visit.said("stopped") !== undefined);
    assert.equal(worker.requestsReported, worker.target.requests);
  },
);

test("a defect of the link's thread ends the worker with 1 and says so", withTimeout, async (t) => {
  const breaking = `import { isMainThread } from "node:worker_threads";
    if (!isMainThread) setTimeout(() => { throw new TypeError("as the test wants it"); }, 300);`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(breaking)}` };
  const worker = new MusterProcess(t, ["worker", "--master-port=1"], { env });
  assert.deepEqual(await worker.ended(), { code: 1, signal: null });
  assert.match(worker.saidLines[0] ?? "", /^muster: a defect in muster: TypeError: as the test wants it$/);
});
