import assert from "node:assert/strict";
import { test } from "node:test";
import { HealthLog } from "../../../src/master/record/health-log.ts";
import { request } from "../../analysis/measurements.ts";
import { fineReport, sampleAt } from "../../stats/health-fixtures.ts";
import { record, reportOf } from "../../stats/recorder-events.ts";

const report = (window: number, over: Partial<typeof fineReport> = {}, windowCount = 1) =>
  reportOf(record([request("/", 10), request("/b", 20)]), {
    window,
    windowCount,
    users: [{ className: "a", count: 3 }],
    health: { ...fineReport, ...over },
  });

test("a worker is what its reports say: samples by time, requests, the latest median, and whom it ran for how long", () => {
  const log = new HealthLog();
  log.add(2, report(0, { p50Ms: 10, utilisation: 0.2 }));
  log.add(2, report(1, { p50Ms: 12, utilisation: 0.9 }, 2));
  log.add(1, report(0));
  const [first, second] = log.all();
  assert.deepEqual([first?.name, second?.name], ["worker 1", "worker 2"]);
  assert.deepEqual(
    second?.samples.map(({ atMs, widthMs, utilisation, requests }) => [atMs, widthMs, utilisation, requests]),
    [
      [0, 1_000, 0.2, 2],
      [1_000, 2_000, 0.9, 2],
    ],
  );
  assert.deepEqual([second?.requests, second?.p50Ms, second?.fileDescriptorLimit], [4, 12, 1_024]);
  assert.deepEqual([...(second?.userTime ?? [])], [["a", 9_000]]);
  assert.equal(log.latest(2)?.atMs, 1_000);
  assert.deepEqual([log.latest(7), log.of(7)], [null, undefined]);
});

test("a report that says nothing of health changes nothing", () => {
  const log = new HealthLog();
  log.add(1, reportOf(record([]), { window: 0 }));
  assert.deepEqual(log.all(), []);
});

test("windows are returned once they are complete for all workers, until they are saved", () => {
  const log = new HealthLog();
  for (const worker of [1, 2]) for (const window of [0, 1]) log.add(worker, report(window));
  assert.deepEqual(log.unsaved(999), []);
  const whole = log.unsaved(1_000);
  assert.deepEqual(
    whole.map(({ startMs, widthMs, samples }) => [startMs, widthMs, [...samples.keys()]]),
    [[0, 1_000, [1, 2]]],
  );
  assert.equal(log.unsaved(1_000).length, 1);
  log.saved(whole);
  assert.deepEqual(log.unsaved(1_000), []);
  assert.equal(log.unsaved(Number.POSITIVE_INFINITY).length, 1);
});

test("stored samples are restored", () => {
  const log = new HealthLog();
  const samples = new Map([3, 4].map((worker) => [worker, [sampleAt(0, { utilisation: 0.7, requests: 5 })]]));
  const known = { p50Ms: 8, fileDescriptorLimit: 512, userTimeMs: [["a", 500]] as const };
  log.restore(
    [{ startMs: 0, widthMs: 1_000, samples }],
    [3, 4, 5].map((number) => ({ number, ...known })),
  );
  log.add(3, report(1, { p50Ms: 12 }));
  // One that did not come back is as it was; one that never reported is unknown.
  assert.deepEqual([log.of(4)?.p50Ms, log.of(4)?.fileDescriptorLimit, log.of(4)?.requests], [8, 512, 5]);
  assert.deepEqual([log.of(3)?.p50Ms, log.of(3)?.fileDescriptorLimit, log.of(3)?.requests], [12, 1_024, 7]);
  assert.deepEqual([log.factsOf(4), log.of(5)], [known, undefined]);
  assert.deepEqual(log.factsOf(3).userTimeMs, [["a", 3_500]]);
  assert.deepEqual(
    log.of(3)?.samples.map(({ utilisation }) => utilisation),
    [0.7, 0.4],
  );
  assert.deepEqual(
    log.unsaved(Number.POSITIVE_INFINITY).map(({ startMs }) => startMs),
    [1_000],
  );
});

test("1,000 workers over hours stay in bounded memory", () => {
  const log = new HealthLog();
  const workers = 1_000;
  for (let window = 0; window < 300; window++) {
    const same = report(window, { gcMs: 1 });
    for (let worker = 1; worker <= workers; worker++) log.add(worker, same);
    log.saved(log.unsaved(Number.POSITIVE_INFINITY));
  }
  const all = log.all();
  const samples = all.reduce((sum, worker) => sum + worker.samples.length, 0);
  assert.ok(samples <= 100_000, `${samples} samples`);
  const last = all.at(-1)?.samples ?? [];
  assert.equal(
    last.reduce((sum, { gcMs }) => sum + gcMs, 0),
    300,
  );
  assert.equal(
    last.reduce((sum, { widthMs }) => sum + widthMs, 0),
    300_000,
  );
});
