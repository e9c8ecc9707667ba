import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { decodeReport } from "../../src/protocol/report-frame.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import type { IntervalReport } from "../../src/stats/interval-report.ts";
import { Reporter } from "../../src/worker/reporter.ts";
import { UserGauge } from "../../src/worker/user/user-gauge.ts";
import { fineReport } from "../stats/health-fixtures.ts";
import { within, withTimeout } from "./http/fixture.ts";

/** A reporter in a time that the test makes pass, and what it sent. */
class TestReporter {
  readonly recorder = new IntervalRecorder();
  readonly users = new UserGauge();
  readonly reports: IntervalReport[] = [];
  readonly reporter: Reporter;
  readonly #timers: TestContext["mock"]["timers"];
  #nowMs: number;

  constructor(t: TestContext, elapsedMs: number) {
    this.#timers = t.mock.timers;
    this.#timers.enable({ apis: ["setTimeout"] });
    this.#nowMs = elapsedMs;
    this.reporter = new Reporter({
      recorder: this.recorder,
      users: this.users,
      loadSoFar: () => [],
      takeHealth: () => fineReport,
      nowMs: () => this.#nowMs,
      send: (sequence, frame) => {
        const report = decodeReport(frame);
        assert.equal(sequence, report.sequence);
        this.reports.push(report);
      },
    });
  }

  /** A tenth of a second at a time, timers and all. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 100) {
      this.#nowMs += Math.min(100, left);
      this.#timers.tick(Math.min(100, left));
    }
  }

  /** The process stands still: what timers have missed they do at its end. */
  standStill(ms: number): void {
    this.#nowMs += ms;
    this.#timers.tick(ms);
  }

  request(): void {
    this.recorder.endpoint("GET", "/").record(5, 5, 1, 1);
  }

  /** Per report: sequence, first window, number of windows, requests. */
  get sent(): number[][] {
    return this.reports.map((report) => [
      report.sequence,
      report.window,
      report.windowCount,
      report.endpoints[0]?.requests ?? 0,
    ]);
  }
}

test("each window ends with a report of what was counted in it, and the last is sent by finish", (t) => {
  const time = new TestReporter(t, 0);
  time.reporter.start();
  time.request();
  time.request();
  time.users.started("a");
  time.pass(900);
  assert.equal(time.reports.length, 0, "the first window is not over");
  time.pass(100);
  time.request();
  time.pass(1_000);
  time.users.ended("a");
  time.pass(500);
  time.reporter.finish();
  assert.deepEqual(time.sent, [
    [1, 0, 1, 2],
    [2, 1, 1, 1],
    [3, 2, 1, 0],
  ]);
  assert.deepEqual(time.reports[0]?.users, [{ className: "a", count: 1 }]);
  assert.equal(time.reporter.lastSequence, 3);
  time.pass(5_000);
  assert.equal(time.reports.length, 3, "after finish nothing more is sent");
});

test("a worker that joins late reports from the window in which it does", (t) => {
  const time = new TestReporter(t, 7_300);
  time.reporter.start();
  time.request();
  time.pass(700);
  time.request();
  time.pass(1_000);
  assert.deepEqual(time.sent, [
    [1, 7, 1, 1],
    [2, 8, 1, 1],
  ]);
});

test("before the run has started there is only its first window", (t) => {
  const time = new TestReporter(t, -300);
  time.reporter.finish();
  assert.deepEqual(time.sent, [[1, 0, 1, 0]]);
});

test("requests that end just after a window are reported in it; later ones in both", (t) => {
  for (const [ms, sent] of [
    [2_000, [[1, 0, 2, 1]]],
    [2_100, [[1, 0, 2, 1]]],
    [2_101, [[1, 0, 3, 1]]],
  ] as const) {
    const time = new TestReporter(t, ms);
    time.request();
    time.reporter.finish();
    assert.deepEqual(time.sent, sent, `after ${ms} ms`);
    t.mock.timers.reset();
  }
});

test("after a standstill one report spans all windows since the last, up to the end of the current one", (t) => {
  const time = new TestReporter(t, 0);
  time.reporter.start();
  time.pass(1_200);
  time.request();
  time.standStill(4_250);
  time.request();
  time.pass(400);
  assert.equal(time.reports.length, 1, "what completes now belongs to the window that goes on");
  time.request();
  time.pass(200);
  time.request();
  time.pass(1_000);
  assert.deepEqual(time.sent, [
    [1, 0, 1, 0],
    [2, 1, 5, 3],
    [3, 6, 1, 1],
  ]);
});

test("with 120 reports unacknowledged the next are of two windows, with 240 of four; acknowledged, of one", (t) => {
  const time = new TestReporter(t, 0);
  time.reporter.start();
  time.pass(120_000);
  assert.ok(time.reports.every((report) => report.windowCount === 1));
  assert.equal(time.reports.length, 120);
  for (let second = 0; second < 240; second++) {
    time.request();
    time.pass(1_000);
  }
  assert.equal(time.reports.length, 240);
  time.pass(8_000);
  assert.deepEqual(time.sent.slice(239), [
    [240, 358, 2, 2],
    [241, 360, 4, 0],
    [242, 364, 4, 0],
  ]);
  time.reporter.acknowledged(240);
  time.pass(2_000);
  assert.deepEqual(time.sent.slice(242), [
    [243, 368, 1, 0],
    [244, 369, 1, 0],
  ]);
  time.reporter.acknowledged(100);
  time.pass(1_000);
  assert.equal(time.reports.at(-1)?.windowCount, 1, "an older acknowledgement takes nothing back");
});

test("a day without a master: about a thousand reports, without a gap and without an overlap", (t) => {
  const time = new TestReporter(t, 0);
  time.reporter.start();
  for (let second = 0; second < 86_400; second += 50) {
    time.request();
    for (let each = 0; each < 50; each++) time.standStill(1_000);
  }
  time.reporter.finish();
  assert.ok(time.reports.length < 1_200, `${time.reports.length} reports`);
  let window = 0;
  for (const [index, report] of time.reports.entries()) {
    assert.deepEqual([report.sequence, report.window], [index + 1, window]);
    window += report.windowCount;
  }
  assert.ok(window >= 86_400);
  assert.equal(
    time.sent.reduce((sum, [, , , requests = 0]) => sum + requests, 0),
    1_728,
    "nothing is dropped",
  );
});

test("flushed waits for the acknowledgement of every report", withTimeout, async (t) => {
  const { reporter } = new TestReporter(t, 0);
  t.mock.timers.reset();
  assert.equal(await reporter.flushed(1), true, "nothing was sent");
  reporter.finish();
  reporter.finish();
  assert.equal(await reporter.flushed(20), false);
  reporter.acknowledged(1);
  assert.equal(await reporter.flushed(20), false, "the second one is still out");
  const flushed = reporter.flushed(10_000);
  reporter.acknowledged(2);
  assert.equal(await within(flushed, "all are acknowledged"), true);
  reporter.acknowledged(1);
  assert.equal(await reporter.flushed(1), true, "an acknowledgement stands for all reports before it");
});
