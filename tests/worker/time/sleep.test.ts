import assert from "node:assert/strict";
import { test } from "node:test";
import { Sleep } from "../../../src/worker/time/alarm-clock.ts";
import { patienceMs } from "../../support/wait-until.ts";

const never = () => false;

test("sleeps end in the order of their ends, none early, however long others are", {
  timeout: patienceMs,
}, async () => {
  const all = new Set<Sleep>();
  const ended: number[] = [];
  let isOver = false;
  const long = Sleep.begin(3_600_000, () => isOver, all);
  const beganMs = performance.now();
  await Promise.all(
    [90, 30, 60, 1].map(async (durationMs) => {
      await Sleep.begin(durationMs, never, all);
      assert.ok(performance.now() - beganMs >= durationMs, `${durationMs}`);
      ended.push(durationMs);
    }),
  );
  assert.deepEqual([ended, all.size], [[1, 30, 60, 90], 1]);
  isOver = true;
  for (const sleep of all) sleep.look();
  await long;
  assert.equal(all.size, 0);
});

test("a wait that is over at once does not begin; a check that fails changes nothing", {
  timeout: patienceMs,
}, async () => {
  const all = new Set<Sleep>();
  await Sleep.begin(3_600_000, () => true, all);
  assert.equal(all.size, 0);
  const short = Sleep.begin(20, never, all);
  for (const sleep of all) sleep.look();
  assert.equal(all.size, 1);
  await short;
});

test("a sleep that begins after all others have ended wakes", { timeout: patienceMs }, async () => {
  for (let round = 0; round < 3; round++) await Sleep.begin(3, never, new Set());
});
