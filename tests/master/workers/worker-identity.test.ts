import assert from "node:assert/strict";
import { test } from "node:test";
import { closeCodes } from "../../../src/protocol/version.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { sessionOf, WorkersOfRun } from "./simulated-worker.ts";

const withTimeout = { timeout: patienceMs };

for (const [what, forged] of [
  ["no secret", {}],
  ["a secret that is not its own", { secret: "guessed" }],
  ["an empty secret", { secret: "" }],
] as const) {
  test(`the place of a worker is not given to whoever has its id and ${what}`, withTimeout, async () => {
    await using run = await WorkersOfRun.open();
    const [peer, worker] = await run.running({ id: "a" });
    for (const session of [null, sessionOf()]) {
      const thief = await run.meet({ id: "a", ...forged, session });
      await thief.ends();
      assert.deepEqual([thief.refusal, thief.closed?.code], ["identity", closeCodes.refused]);
    }
    assert.deepEqual([run.workers.all.length, worker.isConnected, worker.status], [1, true, "running"]);
    peer.beat();
    await run.until(() => worker.users === 1);
  });
}

test("the secret of another worker of the run does not help", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [first] = await run.running({ id: "a" });
  await run.running({ id: "b" });
  const thief = await run.meet({ id: "b", ...(first.secret === undefined ? {} : { secret: first.secret }) });
  assert.equal(thief.refusal, "identity");
});

test("a worker that comes back with its secret keeps its number and its secret", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer] = await run.running({ id: "a" });
  peer.socket.terminate();
  const again = await run.connect({ id: "a", session: sessionOf() });
  assert.deepEqual([again.secret, run.workers.all.length], [peer.secret, 1]);
});

test(
  "a worker that has not confirmed its welcome may have missed it: it gets another secret, once",
  withTimeout,
  async () => {
    await using run = await WorkersOfRun.open();
    const missed = await run.connect({ id: "a" });
    missed.socket.terminate();
    const again = await run.meet({ id: "a" });
    assert.ok(again.secret !== undefined && again.secret !== missed.secret);
    again.say({ type: "clock-probe", probe: 1 });
    await run.until(() => again.heard.some(({ type }) => type === "clock-reply"));
    assert.equal((await run.meet({ id: "a" })).refusal, "identity");
    assert.equal((await run.meet({ id: "a", secret: String(missed.secret) })).refusal, "identity");
    assert.deepEqual(run.workers.all.length, 1);
  },
);

test("a worker of a resumed run needs the secret of which the hash was stored", withTimeout, async () => {
  await using before = await WorkersOfRun.open();
  const [peer, worker] = await before.running({ id: "a" });
  const { record } = worker;
  assert.match(String(record.secretHash), /^[0-9a-f]{64}$/);
  assert.ok(!JSON.stringify(record).includes(String(peer.secret)));
  await using resumed = await WorkersOfRun.open();
  resumed.workers.add(record, record.number, record);
  const thief = await resumed.meet({ id: "a", session: sessionOf() });
  assert.equal(thief.refusal, "identity");
  const real = await resumed.meet({ id: "a", session: sessionOf(), secret: String(peer.secret) });
  assert.deepEqual([real.secret, resumed.workers.all.length], [peer.secret, 1]);
});

test(
  "a worker of a resumed run that had confirmed nothing yet keeps the secret that it brings",
  withTimeout,
  async () => {
    await using before = await WorkersOfRun.open();
    const peer = await before.connect({ id: "a" });
    const { record } = before.workers.all[0] ?? {};
    assert.ok(record !== undefined && record.secretHash === null);
    await using resumed = await WorkersOfRun.open();
    resumed.workers.add(record, record.number, record);
    const real = await resumed.meet({ id: "a", session: sessionOf({ state: "ready" }), secret: String(peer.secret) });
    assert.equal(real.secret, peer.secret);
    real.say({ type: "clock-probe", probe: 1 });
    await resumed.until(() => real.heard.some(({ type }) => type === "clock-reply"));
    assert.equal((await resumed.meet({ id: "a" })).refusal, "identity");
  },
);
