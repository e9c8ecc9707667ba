import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeReport } from "../../src/protocol/report-frame.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import type { IntervalReport } from "../../src/stats/interval-report.ts";
import { Reporter } from "../../src/worker/reporter.ts";
import { UserGauge } from "../../src/worker/user-gauge.ts";
import { aMoment, eventually, within, withTimeout } from "./http/fixture.ts";

/** A reporter whose run began `elapsedMs` ago, and what it sent. */
class TestReporter implements Disposable {
  readonly recorder = new IntervalRecorder();
  readonly users = new UserGauge();
  readonly reports: IntervalReport[] = [];
  readonly reporter: Reporter;

  constructor(elapsedMs: number) {
    const beganMs = performance.now() - elapsedMs;
    this.reporter = new Reporter({
      recorder: this.recorder,
      users: this.users,
      nowMs: () => performance.now() - beganMs,
      send: (frame) => this.reports.push(decodeReport(frame)),
    });
  }

  request(): void {
    this.recorder.endpoint("GET", "/").record(5, 5, 1, 1);
  }

  [Symbol.dispose](): void {
    this.reporter.finish();
  }
}

const requestsOf = (report: IntervalReport | undefined) => report?.endpoints[0]?.requests ?? 0;

test(
  "each window ends with a report of what was counted in it, and the last is sent by finish",
  withTimeout,
  async () => {
    using reporting = new TestReporter(950);
    const { reports, reporter, users } = reporting;
    reporter.start();
    reporting.request();
    reporting.request();
    users.started("a");
    assert.equal(reports.length, 0, "the first window is not over");
    await eventually(() => reports.length === 1, "the first window ends");
    reporting.request();
    await eventually(() => reports.length === 2, "the second window ends");
    users.ended("a");
    reporter.finish();
    assert.deepEqual(
      reports.map((report) => [report.sequence, report.window, requestsOf(report)]),
      [
        [1, 0, 2],
        [2, 1, 1],
        [3, 2, 0],
      ],
    );
    assert.deepEqual(reports[0]?.users, [{ className: "a", count: 1 }]);
    assert.equal(reporter.lastSequence, 3);
  },
);

test("after finish nothing more is sent", withTimeout, async () => {
  const reporting = new TestReporter(980);
  reporting.reporter.start();
  reporting.reporter.finish();
  await aMoment();
  assert.equal(reporting.reports.length, 1);
});

test("flushed waits for the acknowledgement of every report", withTimeout, async () => {
  const { reporter } = new TestReporter(0);
  assert.equal(await reporter.flushed(1), true, "nothing was sent");
  reporter.finish();
  reporter.finish();
  assert.equal(await reporter.flushed(20), false);
  reporter.acknowledged(1);
  assert.equal(await reporter.flushed(20), false, "the second one is still out");
  const flushed = reporter.flushed(10_000);
  reporter.acknowledged(2);
  assert.equal(await within(flushed, "all are acknowledged"), true);
  assert.equal(await reporter.flushed(1), true);
});

test("an acknowledgement stands for all reports before it, and may come again", withTimeout, async () => {
  const { reporter } = new TestReporter(0);
  for (let count = 0; count < 5; count++) reporter.finish();
  const flushed = reporter.flushed(10_000);
  reporter.acknowledged(5);
  reporter.acknowledged(5);
  reporter.acknowledged(2);
  assert.equal(await within(flushed, "all are acknowledged"), true);
});
