import assert from "node:assert/strict";
import { test } from "node:test";
import { Signal } from "../../../src/master/workers/signal.ts";
import { patienceMs } from "../../support/wait-until.ts";

const withTimeout = { timeout: patienceMs };

test("a condition that holds already is not waited for", withTimeout, async () => {
  assert.equal(await new Signal().until(() => true, 60_000), true);
});

test("a wait ends with the notification after which the condition holds, not before", withTimeout, async () => {
  const signal = new Signal();
  let ready = 0;
  let over = false;
  const wait = signal
    .until(() => ready === 2, 60_000)
    .finally(() => {
      over = true;
    });
  ready = 1;
  signal.notify();
  await Promise.resolve();
  assert.equal(over, false);
  ready = 2;
  signal.notify();
  assert.equal(await wait, true);
});

test("a wait gives up after its time, and is not asked again", withTimeout, async () => {
  const signal = new Signal();
  let asked = 0;
  const condition = () => ++asked < 0;
  assert.equal(await signal.until(condition, 5), false);
  const before = asked;
  signal.notify();
  assert.equal(asked, before);
});

test("at the end of its time a condition is looked at once more", withTimeout, async () => {
  let ready = false;
  const wait = new Signal().until(() => ready, 5);
  ready = true; // nobody notifies
  assert.equal(await wait, true);
});

test("several wait for different things", withTimeout, async () => {
  const signal = new Signal();
  let count = 0;
  const waits = [1, 2, 3].map((wanted) => signal.until(() => count >= wanted, wanted === 3 ? 5 : 60_000));
  count = 2;
  signal.notify();
  assert.deepEqual(await Promise.all(waits), [true, true, false]);
});

test("a wait without end is one, not a timer that overflows", withTimeout, async () => {
  const signal = new Signal();
  let ready = false;
  let over = false;
  const wait = signal
    .until(() => ready, Number.POSITIVE_INFINITY)
    .finally(() => {
      over = true;
    });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(over, false);
  ready = true;
  signal.notify();
  assert.equal(await wait, true);
});
