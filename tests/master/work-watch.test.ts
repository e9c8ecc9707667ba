import assert from "node:assert/strict";
import { test } from "node:test";
import { WorkWatch } from "../../src/master/work-watch.ts";
import { type RecorderEvent, record, reportOf } from "../stats/recorder-events.ts";

const iteration: RecorderEvent = { kind: "iteration", counter: "completedIterations" };

/** A report of one second. */
function secondOf(events: readonly RecorderEvent[], peakUsers: number, made: number) {
  const load = [{ scenario: 0, made, late: 0, dropped: 0, asked: 0 }];
  return { ...reportOf(record(events)), peakUsers, load };
}

test("a worker that runs its users is not idle, whether iterations end or not", () => {
  const watch = new WorkWatch();
  for (let second = 1; second <= 10; second++) {
    watch.due(1, { users: 3, rate: 0 });
    watch.reported(1, secondOf(second === 10 ? [iteration] : [], 3, second * 3_000));
  }
  assert.equal(watch.idleness(1), null);
});

test("a worker that reports no users and nothing done was idle for as long as it had users", () => {
  const watch = new WorkWatch();
  for (let second = 1; second <= 10; second++) {
    watch.due(1, { users: 3, rate: 0 });
    watch.reported(1, secondOf([], 0, 0));
  }
  assert.equal(watch.idleness(1), "did nothing in the 10 s in which it had users to run");
});

test("a worker that reports nothing at all was idle", () => {
  const watch = new WorkWatch();
  for (let second = 1; second <= 4; second++) watch.due(1, { users: 1, rate: 0 });
  assert.equal(watch.idleness(1), "did nothing in the 4 s in which it had users to run");
});

test("a worker that claims users and load, but never began an iteration, was idle", () => {
  const watch = new WorkWatch();
  for (let second = 1; second <= 10; second++) {
    watch.due(1, { users: 3, rate: 0 });
    watch.reported(1, secondOf([], 3, second * 3_000));
  }
  assert.equal(watch.idleness(1), "did nothing in the 10 s in which it had users to run");
});

test("a worker that stops its users early and goes on answering was idle from then on", () => {
  const watch = new WorkWatch();
  for (let second = 1; second <= 30; second++) {
    watch.due(1, { users: 3, rate: 0 });
    watch.reported(1, second <= 10 ? secondOf([iteration], 3, second * 3_000) : secondOf([], 0, 30_000));
  }
  assert.equal(watch.idleness(1), "ran no users in 20 of 30 s");
});

test("users that the test has stopped count as made, and users that never started are no idleness", () => {
  const stopped = new WorkWatch();
  const failed = new WorkWatch();
  const failedStart: RecorderEvent = { kind: "iteration", counter: "failedStarts" };
  for (let second = 1; second <= 30; second++) {
    for (const watch of [stopped, failed]) watch.due(1, { users: 1, rate: 0 });
    stopped.reported(1, secondOf(second === 1 ? [iteration] : [], second === 1 ? 1 : 0, second * 1_000));
    failed.reported(1, secondOf(second === 1 ? [failedStart] : [], 0, 0));
  }
  assert.deepEqual([stopped.idleness(1), failed.idleness(1)], [null, null]);
});

test("a user that never started does not excuse the others of its worker", () => {
  const watch = new WorkWatch();
  const failedStart: RecorderEvent = { kind: "iteration", counter: "failedStarts" };
  for (let second = 1; second <= 30; second++) {
    watch.due(1, { users: 10, rate: 0 });
    watch.reported(1, secondOf(second === 1 ? [failedStart] : [], 0, 0));
  }
  assert.equal(watch.idleness(1), "ran no users in 30 of 30 s");
});

test("users that ended, or were given up, before the master was restarted are no idleness", () => {
  const watch = new WorkWatch();
  const load = [{ scenario: 0, made: 5_000, late: 0, dropped: 0, asked: 0 }];
  watch.restore(1, { requests: 7, load }, 0);
  watch.restore(2, { requests: 0, load: [] }, 3);
  watch.restore(3, { requests: 7, load }, 0);
  for (let second = 6; second <= 30; second++) {
    watch.due(1, { users: 3, rate: 0 });
    watch.reported(1, secondOf([], 0, second * 1_000));
    watch.due(2, { users: 3, rate: 0 });
    watch.reported(2, secondOf([], 0, 0));
    watch.due(3, { users: 3, rate: 0 });
    watch.reported(3, secondOf([], 0, 5_000));
  }
  assert.deepEqual(
    [1, 2, 3].map((worker) => watch.idleness(worker)),
    [null, null, "ran no users in 25 of 25 s"],
  );
});

test("a worker without users in its plan, and a short delay, are no idleness", () => {
  const watch = new WorkWatch();
  for (let second = 1; second <= 30; second++) {
    watch.due(1, { users: 0, rate: 0 });
    watch.due(2, { users: 1, rate: 0 });
    if (second > 4) watch.reported(2, secondOf([iteration], 1, second * 1_000));
  }
  assert.deepEqual([watch.idleness(1), watch.idleness(2), watch.idleness(3)], [null, null, null]);
});

test("a worker that begins none of its share of the arrivals was idle; one to which few are due was not", () => {
  const watch = new WorkWatch();
  for (let second = 1; second <= 10; second++) {
    watch.due(1, { users: 0, rate: 5 });
    watch.due(2, { users: 0, rate: 0.5 });
    watch.due(3, { users: 0, rate: 5 });
    watch.reported(3, secondOf([iteration], 1, second));
  }
  assert.deepEqual(
    [1, 2, 3].map((worker) => watch.idleness(worker)),
    ["did nothing, though about 50 iterations were due", null, null],
  );
});
