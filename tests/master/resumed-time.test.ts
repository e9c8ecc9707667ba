import assert from "node:assert/strict";
import { test } from "node:test";
import { ReportBounds } from "../../src/master/record/report-bounds.ts";
import { ResumedTime } from "../../src/master/resumed-time.ts";
import { record, reportOf } from "../stats/recorder-events.ts";

const hourMs = 3_600_000;

/** A run that was reported for 20 s when its master ended, 30 s after its start by the wall clock. */
function resumed(sinceMs = 30_000) {
  const startedIn: number[] = [];
  const said: string[] = [];
  const state = { startedAt: new Date(Date.now() - sinceMs).toISOString() };
  const timeouts = { workerTimeoutMs: 1, orphanTimeoutMs: 1 };
  const log = { warn: () => {} };
  const options = { ...timeouts, log, restored: { state, reportedToMs: 20_000 } };
  const time = new ResumedTime(options, { startIn: (ms) => startedIn.push(ms) });
  const journal = { warn: (text: string) => void said.push(text), note: (kind: string) => void said.push(kind) };
  const alive = [{}] as never[];
  const until = async () => false;
  const wait = () => time.wait({ alive, until }, { isMade: false }, journal);
  return { time, startedIn, said, wait, learn: (worker: number, ms: number | null) => time.learn(worker, ms, journal) };
}

test("the first worker that reconnects knows the time of the run", () => {
  const { learn, startedIn, said } = resumed();
  assert.deepEqual([learn(1, null), learn(1, 29_500), learn(2, 29_400)], [false, true, false]);
  assert.deepEqual(startedIn, [-29_500]);
  assert.equal(said[1], "master-resumed");
});

for (const [what, elapsedMs] of [
  ["before its last report", 3_000],
  ["before its start", -hourMs],
  ["an hour later than the wall clock says", hourMs],
] as const) {
  test(`a time ${what} is not taken, and the next worker decides`, () => {
    const { learn, startedIn, said, time } = resumed();
    assert.equal(learn(1, elapsedMs), false);
    assert.deepEqual([time.isKnown, startedIn], [false, []]);
    assert.match(String(said[0]), /^worker 1 reports that the run is at .* s, which the wall clock does not confirm$/);
    assert.equal(learn(2, 29_500), true);
    assert.deepEqual(startedIn, [-29_500]);
  });
}

test("when the wall clock is wrong, two workers that agree decide; one that says it twice does not", () => {
  const { learn, startedIn } = resumed(-24 * hourMs);
  assert.deepEqual([learn(1, 2 * hourMs), learn(1, 2 * hourMs), learn(2, 2 * hourMs + 500)], [false, false, true]);
  assert.deepEqual(startedIn, [-2 * hourMs - 500]);
});

test("a worker that the wall clock does not confirm is warned of once, whatever it says", () => {
  const { learn, said } = resumed();
  for (let turn = 1; turn <= 100; turn++) learn(1, turn * hourMs);
  assert.equal(said.length, 1);
});

test("as long as the time is unknown, a report of 2^40 seconds is of a later time than the run can be at", () => {
  const { time } = resumed();
  assert.ok(time.latestMs >= 90_000 && time.latestMs < 100_000);
  const report = { ...reportOf(record([])), windowCount: 2 ** 40 };
  assert.throws(
    () => new ReportBounds().require(report, { atMs: time.latestMs, reportedToMs: null }),
    /a window to come/,
  );
});

test("when no other time is known, what one worker says is taken in the end", async () => {
  const { learn, startedIn, wait, time } = resumed(-24 * hourMs);
  learn(1, 2 * hourMs);
  await wait();
  assert.ok(time.isKnown && Math.abs((startedIn[0] ?? 0) + 2 * hourMs) < 60_000);
});
