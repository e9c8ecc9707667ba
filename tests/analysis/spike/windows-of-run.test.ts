import assert from "node:assert/strict";
import { test } from "node:test";
import { spikeFailures, spikeResult } from "../../../src/analysis/spike/spike-result.ts";
import { spikeWindows } from "../../../src/analysis/spike/windows-of-run.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import type { Window } from "../../../src/stats/windows.ts";
import { measuredWindow } from "../measured-windows.ts";

const thresholds = parseThresholds({
  response_time: ["p(95)<100", "p(99)<200"],
  failures: "rate<0.01",
  requests: "rate>1000",
  users: "max>100",
});
const arrivals = { points: [{ atMs: 0, value: 50 }], durationMs: 60_000 };
const run = { thresholds, arrivals, endMs: 60_000 };

function seconds(windows: readonly Window[], over: Partial<typeof run> | { arrivals: null } = {}) {
  return spikeWindows(windows, { ...run, ...over });
}

test("a second: requests due, ended, failed and in time, and whether the targets on times and failures held", () => {
  const calm = measuredWindow(0, { times: Array(50).fill(20) });
  const slow = measuredWindow(1_000, { times: [...Array(30).fill(20), ...Array(15).fill(150), ...Array(5).fill(900)] });
  const failing = measuredWindow(2_000, { times: Array(50).fill(20), failures: [["5xx", 10]] });
  const [first, second, third] = seconds([calm, slow, failing]);
  assert.deepEqual(
    [first, second, third].map((one) => [one?.offered, one?.requests, one?.failures, one?.good, one?.targetsHeld]),
    [
      [50, 50, 0, 50, true],
      [50, 50, 0, 45, false],
      [50, 50, 10, 40, false],
    ],
  );
  assert.ok(Math.abs((first?.timesMs?.p95 ?? 0) - 20) < 0.1);
  assert.deepEqual([first?.firstFailure, third?.firstFailure], [null, "5xx"]);
});

test("a request that timed out is late and failed, and is subtracted once", () => {
  const window = measuredWindow(0, {
    times: [...Array(40).fill(20), ...Array(10).fill(5_000)],
    failures: [["timeout", 10]],
  });
  assert.equal(seconds([window])[0]?.good, 40);
});

test("a second without any response fails the targets if responses were due", () => {
  const calm = (startMs: number) => measuredWindow(startMs, { times: Array(50).fill(20) });
  const windows = [calm(0), calm(1_000), measuredWindow(2_000, { times: [], users: 9 }), calm(4_000)];
  assert.deepEqual(
    seconds(windows).map(({ requests, targetsHeld }) => [requests, targetsHeld]),
    [
      [50, true],
      [50, true],
      [0, false],
      [0, false],
      [50, true],
    ],
  );
  // A second without a window says nothing about users; there may have been none.
  assert.deepEqual(
    seconds(windows, { arrivals: null }).map(({ targetsHeld }) => targetsHeld),
    [true, true, false, true, true],
  );
});

test("a wide window is split into equal seconds, and windows after the load's end are left out", () => {
  const wide = measuredWindow(0, { times: Array(150).fill(20), widthMs: 3_000 });
  assert.deepEqual(
    seconds([wide, measuredWindow(3_000, { times: [20] })], { endMs: 3_500 }).map(({ requests }) => requests),
    [50, 50, 50],
  );
});

test("a service that does not recover fails the run; one that does, does not", () => {
  const spikes = [{ riseMs: 20_000, peakMs: 20_000, dropMs: 22_000 }];
  const planned = { spikes, baselineFromMs: 0, timeScale: 0.02 };
  const outcome = (timeOf: (second: number) => number) =>
    spikeResult(
      Array.from({ length: 40 }, (_, i) => measuredWindow(i * 1_000, { times: Array(50).fill(timeOf(i)) })),
      planned,
      run,
    );
  const well = outcome((second) => (second >= 20 && second < 22 ? 500 : 20));
  assert.deepEqual(spikeFailures(well), []);
  assert.equal(well.spikes[0]?.recovery.kind, "recovered");
  const ill = outcome((second) => (second >= 20 ? 500 : 20));
  assert.deepEqual(spikeFailures(ill), [
    "the service was not back at its baseline 18 s after the spike and will not recover without intervention (metastable)",
  ]);
  const early = spikeResult([measuredWindow(0, { times: [20] })], planned, run);
  assert.deepEqual([early.baseline, early.spikes, spikeFailures(early)], [null, [], []]);
});
