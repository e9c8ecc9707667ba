import assert from "node:assert/strict";
import { test } from "node:test";
import { patienceMs } from "../../support/wait-until.ts";
import { eventually } from "../http/fixture.ts";
import { ScriptedMaster } from "./scripted-master.ts";
import { numbersOf, TestLink } from "./test-link.ts";

const withTimeout = { timeout: patienceMs };

test(
  "a new master gets exactly the reports that were not committed, in order and as they were",
  withTimeout,
  async () => {
    const first = await ScriptedMaster.listen({ acknowledges: false });
    await using sending = new TestLink(first.url);
    sending.report(1, 2, 3, 4, 5);
    const visit = await first.visit(1);
    await eventually(() => visit.frames.length === 5, "the reports arrive");
    assert.deepEqual(numbersOf(visit.frames), [1, 2, 3, 4, 5]);
    visit.send({ type: "ack", sequence: 2 });
    await sending.until("the acknowledgement", () => sending.of("acknowledged").at(-1)?.sequence === 2);
    await first[Symbol.asyncDispose]();
    await sending.until("it notices", () => sending.of("disconnected").length === 1);
    sending.report(6, 7);

    // It had committed one more than it could acknowledge.
    await using second = await ScriptedMaster.listen({ port: first.port, lastSequence: 3 });
    const again = await second.visit(1);
    await eventually(() => again.frames.length === 4, "the others arrive");
    sending.report(8);
    await eventually(() => again.frames.length === 5, "the next arrives");
    assert.deepEqual(numbersOf(again.frames), [4, 5, 6, 7, 8]);
    assert.deepEqual([...(again.frames[0] ?? [])], [4, 7, 7]);
    assert.equal(again.hello.id, visit.hello.id);
    await sending.until("all are acknowledged", () => sending.of("acknowledged").at(-1)?.sequence === 8);
  },
);

test("acknowledged reports are not sent again, others each time", withTimeout, async () => {
  await using master = await ScriptedMaster.listen();
  await using sending = new TestLink(master.url);
  sending.report(1, 2);
  await sending.until("both are acknowledged", () => sending.of("acknowledged").at(-1)?.sequence === 2);
  master.manners.acknowledges = false;
  sending.report(3);
  await eventually(() => (master.visits[0]?.frames.length ?? 0) === 3, "the third arrives");
  master.manners.lastSequence = 2;
  for (const count of [2, 3]) {
    (await master.visit(count - 1)).cut();
    const visit = await master.visit(count);
    await eventually(() => visit.frames.length === 1, "the third arrives again");
    assert.deepEqual(numbersOf(visit.frames), [3]);
    master.manners.lastSequence = 2;
  }
});

test("reports before the worker is admitted wait for the admission", withTimeout, async () => {
  await using master = await ScriptedMaster.listen({ answersHello: false });
  await using sending = new TestLink(master.url);
  sending.report(1);
  const visit = await master.visit(1);
  sending.report(2);
  sending.link.progress({ state: "stopped", stopped: { lastSequence: 2, reason: "finished" }, lifecycle: null });
  sending.link.say({ type: "stopped", lastSequence: 2, reason: "finished" });
  visit.welcome();
  await eventually(() => visit.said("stopped") !== undefined, "the rest is said");
  assert.deepEqual(numbersOf(visit.frames), [1, 2], "reports first");
});
