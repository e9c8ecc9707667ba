import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { WorkerMessage } from "../../../src/protocol/worker-messages.ts";
import type { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { startWorker } from "../../support/distributed.ts";
import { fixture } from "../../support/fixture.ts";
import { HitServer } from "../../support/hit-server.ts";
import { MusterRun } from "../../support/muster-process.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { unusedPort } from "../../support/unused-port.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { type Attack, type AttackTarget, forgedPath, memoryMb } from "./attack.ts";
import { type ForgedReport, HostileWorker } from "./hostile-worker.ts";

const aMillisecond = 1_000;
const most = Number.MAX_SAFE_INTEGER;
/** Their answers would have more than 100 MB. */
const askedTimes = 10_000;
const mostUnreadMb = 64;

function forgedRequest(recorder: IntervalRecorder, name = "/x") {
  const endpoint = recorder.endpoint("GET", forgedPath + name);
  endpoint.record(aMillisecond, aMillisecond, 10, 10);
  return endpoint;
}

/** A report that must be refused as a whole, with a reason that names what is wrong. */
function lie(
  name: string,
  tell: (recorder: IntervalRecorder) => void,
  reason: RegExp,
  report: ForgedReport = {},
): Attack {
  return {
    name,
    async attack(t, target) {
      const worker = await HostileWorker.join(t, target);
      worker.forge(tell, report);
      await worker.refusedBecause(reason);
    },
  };
}

/** A message that must be refused. */
function falsehood(name: string, message: WorkerMessage, reason: RegExp): Attack {
  return {
    name,
    async attack(t, target) {
      const worker = await HostileWorker.join(t, target);
      worker.say(message);
      await worker.refusedBecause(reason);
    },
  };
}

/** The master must refuse who says hello with this, and leave the worker whose place it wants where it is. */
function theft(name: string, secretOf: (victim: HostileWorker) => string | undefined): Attack {
  return {
    name,
    async attack(t, target) {
      const victim = await HostileWorker.join(t, target);
      const secret = secretOf(victim);
      const thief = await HostileWorker.connect(t, target, {
        id: victim.id,
        session: { runId: victim.runId, state: "running", elapsedMs: 1_000, stopped: null, lifecycle: null },
        ...(secret === undefined ? {} : { secret }),
      });
      assert.equal(thief.refusal, "identity");
      const before = victim.heard.length;
      victim.beat();
      await waitUntil("the answer to the victim", () => victim.heard.length > before);
      assert.equal(victim.closed, null);
    },
  };
}

async function reconnected(t: TestContext, target: AttackTarget, worker: HostileWorker): Promise<HostileWorker> {
  const session = { runId: worker.runId, state: "running", elapsedMs: null, stopped: null, lifecycle: null } as const;
  return await HostileWorker.connect(t, target, { id: worker.id, secret: String(worker.secret), session });
}

/** A master of its own, which is killed and resumed. */
async function resumedTarget(t: TestContext) {
  const [server, workerPort, dataFolder] = [await HitServer.start(t), await unusedPort(), await temporaryFolder(t)];
  const token = "only for the workers of this run";
  const env = { MUSTER_DATA_DIR: dataFolder, MUSTER_TOKEN: token };
  const words = ["master", `--master-bind-port=${workerPort}`];
  const run = [fixture("hitters"), `--host=${server.url}`, "--run-time=10m"];
  const first = await MusterRun.start(t, [...words, ...run], env);
  await first.masterPort();
  const entrance = { workerPort, token };
  const victim = await HostileWorker.join(t, entrance);
  first.kill("SIGKILL");
  await first.ended();
  const resumed = await MusterRun.start(t, [...words, `--resume=${victim.runId}`], env);
  await resumed.masterPort();
  return { entrance, victim };
}

/** A worker has the token, and lies or is broken. */
export const workerAttacks: readonly Attack[] = [
  {
    name: "somebody takes the place of a worker of a resumed run, and says what time it is",
    async attack(t) {
      const { entrance, victim } = await resumedTarget(t);
      const session = (elapsedMs: number) =>
        ({ runId: victim.runId, state: "running", elapsedMs, stopped: null, lifecycle: null }) as const;
      for (const secret of [undefined, "x".repeat(String(victim.secret).length)]) {
        const hello = { id: victim.id, session: session(9_000_000), ...(secret === undefined ? {} : { secret }) };
        const thief = await HostileWorker.connect(t, entrance, hello);
        assert.equal(thief.refusal, "identity");
      }
      const back = { id: victim.id, session: session(1_000), secret: String(victim.secret) };
      const again = await HostileWorker.connect(t, entrance, back);
      assert.equal(again.refusal ?? null, null);
      assert.equal(again.runId, victim.runId);
    },
  },
  {
    name: "bytes that are no report end the worker, which is not let in again",
    async attack(t, target) {
      const worker = await HostileWorker.join(t, target);
      worker.socket.send(Uint8Array.of(255, 255, 255));
      await worker.refusedBecause(/^bad message: ./);
      const again = await reconnected(t, target, worker);
      assert.equal(again.refusal, "bad-report");
    },
  },
  theft("the place of a worker is not given to whoever has its id and the token", () => undefined),
  theft("a guessed secret does not open the place of a worker", () => "guessed"),
  theft("a secret of the right form does not open the place of a worker", (victim) =>
    [...String(victim.secret)].reverse().join(""),
  ),
  {
    name: "a report with a high number makes no later ones duplicates: it is refused, and what is missing is asked for",
    async attack(t, target) {
      const worker = await HostileWorker.join(t, target);
      worker.forge(forgedRequest, { sequence: 5_000 });
      assert.deepEqual(await waitUntil("the end of the socket", () => worker.closed), {
        code: 4004,
        reason: "report 1 is missing before 5000",
      });
      const again = await reconnected(t, target, worker);
      assert.ok(again.heard.some((message) => message.type === "welcome" && message.lastSequence === 0));
    },
  },
  {
    name: "a worker that leaves out the same report again is lost",
    async attack(t, target) {
      const worker = await HostileWorker.join(t, target);
      worker.forge(forgedRequest, { sequence: 2 });
      await waitUntil("the end of the socket", () => worker.closed);
      const again = await reconnected(t, target, worker);
      again.forge(forgedRequest, { sequence: 3, window: 1 });
      await again.refusedBecause(/report 1 is missing before 3, again/);
    },
  },
  {
    name: "a report that is sent again and again counts once",
    async attack(t, target) {
      const worker = await HostileWorker.join(t, target);
      const window = await worker.second();
      for (let time = 0; time < 20; time++) worker.forge(forgedRequest, { sequence: 1, window });
      await waitUntil("its acknowledgement", () => worker.acknowledged.includes(1));
      assert.ok(worker.acknowledged.every((sequence) => sequence === 1));
      assert.equal(worker.closed, null);
    },
  },
  {
    name: "seconds that it has reported already are refused",
    async attack(t, target) {
      const worker = await HostileWorker.join(t, target);
      const window = await worker.second();
      worker.forge(forgedRequest, { window });
      worker.forge(forgedRequest, { window });
      await worker.refusedBecause(/and the one before ended at/);
    },
  },
  lie("bytes that would overflow every sum are refused", (r) => (forgedRequest(r).bytesIn = most), /more bytes/),
  lie("2^53 iterations are refused", (r) => (r.completedIterations = most), /more requests, iterations/),
  lie("2^53 checks are refused", (r) => r.checks.set("c", { passes: most, failures: 0 }), /more requests/),
  lie(
    "2^53 exceptions are refused",
    (r) => {
      r.exception("t", "m", () => "");
      for (const error of r.errors.values()) error.count = most;
    },
    /more requests/,
  ),
  lie(
    "a counter that would be infinite with the next one is refused",
    (r) => r.addMetric("forged", { kind: "counter", sum: 1.7e308 }),
    /a counter above 1e100/,
  ),
  lie(
    "a metric that is not a number is refused",
    (r) => r.addMetric("forged", { kind: "counter", sum: Number.NaN }),
    /finite/,
  ),
  lie(
    "a gauge that was set a century from now is refused",
    (r) => r.addMetric("forged", { kind: "gauge", value: 1, min: 1, max: 1, atMs: 3e12 }),
    /a gauge of another time/,
  ),
  lie(
    "a response that took 104 days is refused",
    (r) => forgedRequest(r).record(9e12, 9e12, 0, 0),
    /longer than the run/,
  ),
  lie(
    "more times than requests are refused",
    (r) => {
      forgedRequest(r).record(aMillisecond, aMillisecond, 0, 0);
      forgedRequest(r).requests = 1;
    },
    /counts of an endpoint disagree/,
  ),
  lie("a negative number of requests is refused", (r) => (r.completedIterations = -1), /^bad message: ./),
  lie("a billion users are refused", () => {}, /more users/, { users: 1e9 }),
  lie("load of 285 years is refused", () => {}, /more load/, {
    load: [{ scenario: 0, made: most, late: 0, dropped: 0, asked: 0 }],
  }),
  lie("a report of an hour from now is refused", () => {}, /a window to come/, { aheadSeconds: 3_600 }),
  lie("a report of two minutes from now is refused", () => {}, /a window to come/, { aheadSeconds: 120 }),
  lie("a report that covers a century is refused", () => {}, /a window to come/, { windowCount: 3e9 }),
  lie(
    "a name of a megabyte is refused before it takes memory",
    (r) => r.checks.set("n".repeat(1_000_000), { passes: 1, failures: 0 }),
    /a string of 1000000 bytes/,
  ),
  lie(
    "a list of 100,000 metrics is refused before it takes memory",
    (r) => {
      for (let number = 0; number < 100_000; number++) r.addMetric(`m${number}`, { kind: "counter", sum: 1 });
    },
    /a list of 100000 items/,
  ),
  {
    name: "20,000 metrics in four reports are counted together, and the worker is named in a warning",
    async attack(t, target) {
      const worker = await HostileWorker.join(t, target);
      const window = await worker.second();
      for (let report = 0; report < 4; report++) {
        worker.forge(
          (recorder) => {
            for (let number = 0; number < 5_000; number++) {
              recorder.addMetric(`forged-${report}-${number}`, { kind: "counter", sum: 1 });
            }
          },
          { window: window + report },
        );
      }
      await waitUntil("its acknowledgements", () => worker.acknowledged.includes(4));
      assert.equal(worker.closed, null);
    },
    judge: ({ warnings }) =>
      assert.match(warnings.join("\n"), /^worker \d+ .* reports more metrics than the test defines/m),
  },
  {
    name: "thousands of names of endpoints and classes are counted together",
    async attack(t, target) {
      const worker = await HostileWorker.join(t, target);
      const window = await worker.second();
      for (let report = 0; report < 4; report++) {
        const names = Array.from({ length: 1_000 }, (_, number) => `Forged ${report} ${number}`);
        worker.forge(
          (recorder) => {
            for (const name of names) recorder.endpoint("GET", `${forgedPath}/${name}`).record(1_000, 1_000, 0, 0);
          },
          { window: window + report, users: 1, classes: names },
        );
      }
      await waitUntil("its acknowledgements", () => worker.acknowledged.includes(4));
    },
  },
  falsehood(
    "a start that was years late is refused: it would take the whole run out of the verdict",
    { type: "started", skewMs: 1e11 },
    /is not possible/,
  ),
  falsehood("a start years before the run is refused", { type: "started", skewMs: -1e11 }, /is not possible/),
  falsehood(
    "a negative number of requests in setup is refused",
    {
      type: "lifecycle-done",
      phase: "setup",
      value: {},
      error: null,
      endpoints: [{ method: "GET", name: "/", requests: -5, failures: 0 }],
    },
    /endpoints/,
  ),
  falsehood(
    "an end before the first report is refused",
    { type: "stopped", lastSequence: -1, reason: "finished" },
    /lastSequence/,
  ),
  falsehood(
    "a request of two megabytes is refused",
    { type: "request", id: 1, name: "once", payload: { text: "x".repeat(2_000_000) } },
    /a request of 20000\d+ characters/,
  ),
  {
    name: "an end after reports that never came is not believed",
    async attack(t, target) {
      const worker = await HostileWorker.join(t, target);
      worker.say({ type: "stopped", lastSequence: 9, reason: "finished" });
      assert.deepEqual((await waitUntil("the end of the socket", () => worker.closed)).code, 4004);
    },
  },
  {
    name: "a value of setup that is nested 100,000 levels deep is refused before any worker gets it",
    async attack(t, target) {
      const worker = await HostileWorker.join(t, target);
      const value = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
      worker.socket.send(`{"type":"lifecycle-done","phase":"setup","value":${value},"error":null,"endpoints":[]}`);
      await worker.refusedBecause(/nested more than \d+ levels deep/);
    },
  },
  {
    name: "a worker that asks for the code again and again and reads nothing fills no memory",
    async attack(t, target) {
      const worker = await HostileWorker.join(t, target);
      const before = await memoryMb(target.master.pid);
      worker.socket.pause();
      for (let sent = 0; sent < askedTimes; sent++) worker.say({ type: "need-bundle", hash: worker.bundleHash });
      // The master reads in order: another worker's probe is answered when most of this is read.
      await (await HostileWorker.join(t, target)).second();
      await waitUntil("the requests to be read", () => worker.socket.bufferedAmount === 0);
      const grown = (await memoryMb(target.master.pid)) - before;
      assert.ok(grown < mostUnreadMb, `${grown} MB`);
    },
  },
  {
    name: "a worker that answers everything and does nothing makes its run invalid, by name",
    async attack(t, { token }) {
      const service = await HitServer.start(t);
      const words = ["master", fixture("visitors"), `--host=${service.url}`, "--run-time=5s", "--expect-workers=2"];
      const master = await MusterRun.start(t, [...words, "--master-bind-port=0"], { MUSTER_TOKEN: token });
      const workerPort = await master.masterPort();
      startWorker(t, workerPort, token);
      const idle = await HostileWorker.join(t, { workerPort, token });
      await waitUntil("the end of the load", async () => (await idle.second()) >= 5);
      idle.say({ type: "stopped", lastSequence: 0, reason: "finished" });
      const { code, result } = await master.finished();
      assert.deepEqual([code, result.verdict], [110, "invalid"]);
      assert.match(
        result.reasons.join("\n"),
        /worker \d \(h, pid 7\) did nothing in the \d s in which it had users to run/,
      );
    },
  },
];
