import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { writeBatch } from "../../../../src/worker/http/own/write-batch.ts";
import { turnEnd } from "../../../../src/worker/http/turn-end.ts";

test("while something is read, writers wait for its end, and write in their order", async () => {
  const written: number[] = [];
  const writer = (number: number) => ({ writeNow: () => void written.push(number) });
  turnEnd.await();
  assert.ok(writeBatch.take(writer(1)));
  turnEnd.await();
  assert.ok(writeBatch.take(writer(2)));
  await Promise.resolve();
  assert.deepEqual(written, []);
  await nextTurn();
  assert.deepEqual(written, [1, 2]);
});

test("outside of reading a writer has to write at once", async () => {
  const never = { writeNow: () => assert.fail("nobody asked") };
  assert.equal(writeBatch.take(never), false);
  turnEnd.await();
  await nextTurn();
  assert.equal(writeBatch.take(never), false);
});

test("requests sent while a batch is written do not wait for others", async () => {
  const taken: boolean[] = [];
  const other = { writeNow: () => assert.fail("it was told to write at once") };
  turnEnd.await();
  writeBatch.take({ writeNow: () => void taken.push(writeBatch.take(other)) });
  await nextTurn();
  assert.deepEqual(taken, [false]);
});
