import assert from "node:assert/strict";
import { test } from "node:test";
import { patienceMs } from "../../support/wait-until.ts";
import { sessionOf, WorkersOfRun } from "./simulated-worker.ts";

const withTimeout = { timeout: patienceMs };

test(
  "two workers fall silent in the same second: both are lost, and only who comes back misses nothing",
  withTimeout,
  async () => {
    await using run = await WorkersOfRun.open();
    const [first, one] = await run.running({ id: "a" });
    const [second, two] = await run.running({ id: "b" });
    const [third, three] = await run.running({ id: "c" });
    for (const peer of [first, second, third]) peer.report(1);
    await run.until(() => [one, two, three].every(({ state }) => state.takenSequence === 1));
    run.advance(3_000);
    third.beat();
    await run.until(() => three.users === 1);
    run.advance(3_000);
    assert.deepEqual(
      [one, two, three].map(({ status }) => status),
      ["lost", "lost", "running"],
    );
    assert.deepEqual(
      run.told.filter((what) => what.startsWith("lost")).map((what) => what.slice(0, 6)),
      ["lost 1", "lost 2"],
    );
    first.report(2);
    first.beat();
    await run.until(() => one.status === "running");
    assert.deepEqual(
      [one, two, three].map(({ state }) => state.takenSequence),
      [2, 1, 1],
    );
    assert.equal(run.told.at(-1), "returned 1: running");
  },
);

test(
  "a process that was restarted comes with another identity: it is a new worker, and the old one is lost",
  withTimeout,
  async () => {
    await using run = await WorkersOfRun.open();
    const [old, known] = await run.running({ id: "before", host: "h", pid: 7 });
    const [other, kept] = await run.running({ id: "other" });
    old.report(1);
    await run.until(() => known.state.takenSequence === 1);
    old.socket.terminate();
    const restarted = await run.connect({ id: "after", host: "h", pid: 7 });
    const fresh = run.workers.all.at(-1);
    assert.deepEqual([fresh?.number, fresh?.status], [3, "joined"]);
    run.advance(3_000);
    for (const peer of [other, restarted]) peer.beat();
    await run.until(() => kept.users === 1 && fresh?.state.users === 1);
    run.advance(3_000);
    assert.deepEqual([known.status, kept.status, fresh?.status], ["lost", "running", "joined"]);
    // What it says of the run by its old identity is still taken: nothing counts twice, and nothing is lost.
    const back = await run.connect({ id: "before", session: sessionOf() });
    back.report(1);
    back.report(2);
    await run.until(() => known.state.takenSequence === 2);
    assert.equal(run.told.filter((what) => what === "repeated").length, 1);
    assert.equal(known.status, "running");
  },
);
