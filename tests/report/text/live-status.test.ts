import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type LiveStatus, statusBlock, statusLine } from "../../../src/report/text/live-status.ts";
import { plainStyle } from "../../../src/report/text/style.ts";
import { assertProperty } from "../../support/property.ts";

const running: LiveStatus = {
  title: "plot-palette / standard",
  phase: null,
  elapsedMs: 161_000,
  durationMs: 300_000,
  isPaused: false,
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

test("three lines: what runs, how far and how fast, how the thresholds stand", () => {
  assert.deepEqual(block(), [
    "plot-palette / standard   4 workers",
    "  02:41 ▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░ 05:00   50 users   1,204 req/s   0.2 fail/s   p95 148 ms",
    "  ✓ p95 148 ms < 500    ✗ errors 5.0 % < 1 %",
  ]);
});

test("one line for a log", () => {
  assert.equal(statusLine(running), "02:41 / 05:00   50 users   1,204 req/s   0.2 fail/s   p95 148 ms");
  assert.equal(statusLine({ ...running, phase: "waiting for workers (1 of 4)" }), "02:41 waiting for workers (1 of 4)");
});

test("before the first response there is no p95, and a threshold without data is not a miss yet", () => {
  const thresholds = running.thresholds.map((each) => ({ ...each, value: null, passed: false, noData: true }));
  const [, progress, marks] = block({ p95Ms: null, thresholds, elapsedMs: 0, users: 0, requestsPerSecond: 0 });
  assert.match(progress ?? "", /^ {2}00:00 ░{22} 05:00 {3}0 users .* p95 –$/);
  assert.equal(marks, "  … p95 no data < 500    … errors no data < 1 %");
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

test("thresholds take as many lines as they need, none wider than the terminal", () => {
  const [first] = running.thresholds;
  assert.ok(first !== undefined);
  const thresholds = Array.from({ length: 9 }, (_, id) => ({ ...first, expression: `p(95)<${500 + id}` }));
  const lines = block({ thresholds }, 60).slice(2);
  assert.equal(lines.join("").match(/✓/g)?.length, 9);
  for (const line of lines) assert.ok(line.length <= 60, line);
  assert.ok(lines.length < 9, "several fit on a line");
});

test("the bar is never shorter or longer than it is, whatever the clock says", () => {
  const anyMs = fc.integer({ min: -10_000, max: 1_000_000 });
  assertProperty(
    fc.property(anyMs, fc.nat(1_000_000), (elapsedMs, durationMs) => {
      const lines = block({ elapsedMs, durationMs });
      assert.equal(lines.length, 3);
      assert.match(lines[1] ?? "", /^ {2}[\d:]+ ▓*░* [\d:]+ /);
      assert.equal(lines[1]?.match(/[▓░]/g)?.length, 22);
    }),
  );
});
