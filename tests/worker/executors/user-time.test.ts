import assert from "node:assert/strict";
import { test } from "node:test";
import { UserTime } from "../../../src/worker/executors/user-time.ts";

test("the time of users adds up while they are to run; a standstill of their process is late", () => {
  let nowMs = 500;
  const time = new UserTime(() => nowMs);
  time.add(1);
  nowMs += 1_000;
  time.add(2);
  nowMs += 1_000;
  assert.deepEqual(time.progress, { made: 3_000, late: 0, dropped: 0, asked: 0 });
  time.remove(1);
  time.remove(9);
  nowMs += 10_000;
  assert.deepEqual(time.progress, { made: 3_000, late: 10_000, dropped: 0, asked: 0 });
  nowMs += 500;
  time.clear();
  nowMs += 500;
  assert.deepEqual(time.progress, { made: 3_500, late: 10_000, dropped: 0, asked: 0 });
});

test("time between reports that are far apart is made, as long as the process runs", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  let nowMs = 0;
  const time = new UserTime(() => nowMs);
  time.add(1);
  for (let looks = 0; looks < 20; looks++) {
    nowMs += 500;
    t.mock.timers.tick(500);
  }
  assert.deepEqual(time.progress, { made: 10_000, late: 0, dropped: 0, asked: 0 });
  time.clear();
});
