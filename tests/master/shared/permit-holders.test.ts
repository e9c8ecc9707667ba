import assert from "node:assert/strict";
import { test } from "node:test";
import { PermitHolders } from "../../../src/master/shared/permit-holders.ts";

test("a worker is not believed to have used or returned more than it was granted", () => {
  const holders = new PermitHolders();
  holders.granted(1, 10);
  assert.equal(holders.reported(1, 4, 2), 2);
  assert.equal(holders.reported(1, 4, 9), 4, "4 are used, and 2 were returned before");
  assert.equal(holders.reported(1, 99, 99), 0);
  assert.deepEqual(holders.list(), [{ worker: 1, granted: 10, used: 4, unused: 6 }]);
  assert.deepEqual([holders.made, holders.live, holders.uncertain], [4, 0, 0]);
});

test("a report that comes twice, or late, changes nothing", () => {
  const holders = new PermitHolders();
  holders.granted(1, 10);
  holders.reported(1, 6, 3);
  assert.equal(holders.reported(1, 6, 3), 0);
  assert.equal(holders.reported(1, 2, 1), 0);
  assert.deepEqual(holders.list(), [{ worker: 1, granted: 10, used: 6, unused: 3 }]);
});

test("what a lost worker holds is uncertain until it returns, or its process has ended", () => {
  const holders = new PermitHolders();
  holders.granted(1, 10);
  holders.granted(2, 10);
  holders.reported(1, 3, 0);
  holders.lose(1);
  assert.deepEqual([holders.live, holders.uncertain], [10, 7]);
  holders.find(1);
  assert.deepEqual([holders.live, holders.uncertain], [17, 0]);
  holders.lose(1);
  assert.equal(holders.end(1, 5), 5);
  assert.equal(holders.reported(1, 5, 5), 0, "what it sent before it ended");
  assert.deepEqual([holders.made, holders.live, holders.uncertain], [15, 10, 0]);
  holders.lose(1);
  assert.equal(holders.uncertain, 0);
});

test("holdings that were stored are restored", () => {
  const [before, after] = [new PermitHolders(), new PermitHolders()];
  before.granted(3, 20);
  before.reported(3, 7, 5);
  after.restore(before.list());
  assert.equal(after.end(3, 9), 6);
  assert.equal(after.made, 9);
});
