import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type LiveStatus, statusBlock, statusLine } from "../../../src/report/text/live-status.ts";
import { plainStyle } from "../../../src/report/text/style.ts";
import { assertProperty } from "../../support/property.ts";
import { columnsOf } from "../result-fixture.ts";

const running: LiveStatus = {
  title: "plot-palette / standard",
  phase: null,
  elapsedMs: 161_000,
  durationMs: 300_000,
  isPaused: false,
  isOver: false,
  search: null,
  users: 50,
  requestsPerSecond: 1_204.4,
  failuresPerSecond: 0.2,
  p95Ms: 148.2,
  workers: 4,
  thresholds: [
    { metric: "response_time", expression: "p(95)<500", value: 148.2, passed: true, noData: false },
    { metric: "failures", expression: "rate<0.01", value: 0.05, passed: false, noData: false },
  ],
};
const block = (over: Partial<LiveStatus> = {}, columns = 100) =>
  statusBlock({ ...running, ...over }, plainStyle, columns);

test("what runs, how far and how fast, and a line for each threshold, the worst first", () => {
  assert.deepEqual(block(), [
    "plot-palette / standard   4 workers",
    "  02:41 ▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░ 05:00   50 users   1,204 req/s   0.2 fail/s   p95 148 ms",
    "  ✗ errors 5.0 % < 1 %  ▓▓▓▓▓▓▓▓│▓▓  +400 %",
    "  ✓ p95 148 ms < 500    ▓▓░░░░░░│░░   −70 %",
  ]);
});

test("there is one p95: that of the threshold, which leaves out what cannot be judged", () => {
  assert.match(block({ p95Ms: 300 })[1] ?? "", / p95 148 ms$/);
  assert.match(statusLine({ ...running, p95Ms: 300 }), / p95 148 ms$/);
  const [own, failures] = running.thresholds;
  assert.ok(own !== undefined && failures !== undefined);
  const span = { fromMs: 10_000, windows: null };
  for (const other of [
    { ...own, span },
    { ...own, metric: "response_time{name:/a}" },
    { ...own, expression: "p(99)<9" },
    failures,
  ]) {
    assert.match(block({ p95Ms: 300, thresholds: [other] })[1] ?? "", / p95 300 ms$/);
  }
  assert.match(block({ p95Ms: 300, thresholds: [{ ...own, value: null, noData: true }] })[1] ?? "", / p95 300 ms$/);
});

test("one line for a log", () => {
  assert.equal(statusLine(running), "02:41 / 05:00   50 users   1,204 req/s   0.2 fail/s   p95 148 ms");
  assert.equal(statusLine({ ...running, phase: "waiting for workers (1 of 4)" }), "02:41 waiting for workers (1 of 4)");
});

test("before the first response there is no p95, and a threshold without data is not a miss yet", () => {
  const thresholds = running.thresholds.map((each) => ({ ...each, value: null, passed: false, noData: true }));
  const [, progress, ...marks] = block({ p95Ms: null, thresholds, elapsedMs: 0, users: 0, requestsPerSecond: 0 });
  assert.match(progress ?? "", /^ {2}00:00 ░{22} 05:00 {3}0 users .* p95 –$/);
  assert.deepEqual(marks, ["  … p95 no data < 500", "  … errors no data < 1 %"]);
});

test("the phase of the run replaces the figures while there is no load", () => {
  assert.deepEqual(block({ phase: "waiting for workers (1 of 4)", workers: 1, thresholds: [] }), [
    "plot-palette / standard   1 worker",
    "  waiting for workers (1 of 4)",
    "  no thresholds",
  ]);
});

test("a load that is paused says so, and one of an open end has no end", () => {
  const paused = { ...running, isPaused: true, durationMs: Number.POSITIVE_INFINITY };
  assert.match(block(paused)[1] ?? "", /^ {2}02:41 ░{22} --:-- {3}paused {3}50 users /);
  assert.match(statusLine(paused), /^02:41 \/ --:-- {3}paused {3}50 users /);
});

test("after the load it says so, instead of the rate of its last seconds", () => {
  const over = { ...running, isOver: true, elapsedMs: 301_000 };
  assert.equal(
    block(over)[1],
    "  05:01 ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 05:00   the load is over   50 users finish   p95 148 ms",
  );
  assert.equal(statusLine({ ...over, users: 0 }), "05:01 / 05:00   the load is over   p95 148 ms");
});

test("one line per threshold, none wider than the terminal; on a low one, those that are left out are counted", () => {
  const [first] = running.thresholds;
  assert.ok(first !== undefined);
  const thresholds = Array.from({ length: 9 }, (_, id) => ({ ...first, expression: `p(95)<${500 + id}` }));
  const lines = block({ thresholds }, 60).slice(3);
  assert.equal(lines.join("").match(/✓/g)?.length, 9);
  for (const line of lines) assert.ok(line.length <= 60, line);
  assert.equal(lines.length, 9);
  const failing = thresholds.map((each, id) => (id < 5 ? each : { ...each, value: 900, passed: false }));
  const low = statusBlock({ ...running, thresholds: failing }, plainStyle, 80, 14);
  assert.equal(low.length, 5);
  assert.deepEqual(
    low.slice(2).map((line) => line.slice(0, 20).trimEnd()),
    ["  ✗ p95 900 ms < 505", "  ✗ p95 900 ms < 506", "  and 7 more, 2 of t"],
  );
});

test("no figure is cut and no line is too wide, from 40 columns on", () => {
  const figures = ["123,456,789 users", "98,765 req/s", "12,345 fail/s", "p95 3,600,000 ms"];
  const busy = { users: 123_456_789, requestsPerSecond: 98_765, failuresPerSecond: 12_345, p95Ms: 3_600_000 };
  const title = "予約/".repeat(30);
  const search = "trial 4: 320/s, measured for 5 of 12 s; 213/s held, 480/s failed";
  for (const columns of [40, 60, 80, 100, 120, 200]) {
    const thresholds = running.thresholds.map((each, position) =>
      position === 0 ? { ...each, value: busy.p95Ms } : each,
    );
    const lines = block(
      { ...busy, thresholds, title, search, elapsedMs: 36_000_000, durationMs: 360_000_000 },
      columns,
    );
    const text = lines.join("\n");
    for (const figure of [...figures, "10:00:00", "100:00:00", "480/s failed", "4 workers"])
      assert.ok(text.replace(/\n */g, " ").includes(figure), text);
    for (const line of lines) assert.ok(columnsOf(line) < columns, line);
  }
  assert.match(block({ p95Ms: 54.1, thresholds: [] }, 80)[1] ?? "", /▓ *.* p95 54\.1 ms$/);
});

test("the bar is never shorter or longer than it is, whatever the clock says", () => {
  const anyMs = fc.integer({ min: -10_000, max: 1_000_000 });
  assertProperty(
    fc.property(anyMs, fc.nat(1_000_000), (elapsedMs, durationMs) => {
      const lines = block({ elapsedMs, durationMs });
      assert.equal(lines.length, 4);
      assert.match(lines[1] ?? "", /^ {2}[\d:]+ ▓*░* [\d:]+ /);
      assert.equal(lines[1]?.match(/[▓░]/g)?.length, 22);
    }),
  );
});
