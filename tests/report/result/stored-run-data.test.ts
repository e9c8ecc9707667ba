import assert from "node:assert/strict";
import { test } from "node:test";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import { resultOf } from "../../../src/report/result/result-of.ts";
import { runEndOf } from "../../../src/report/result/run-end.ts";
import { storedRunData } from "../../../src/report/result/stored-run-data.ts";
import { sampleAt } from "../../stats/health-fixtures.ts";
import { delta, newRun, requests, StoreFolder } from "../../store/store-fixture.ts";
import { facts, withRecorded } from "../recorded-run.ts";

/** The result of a run of workers that measured these medians; `more` is what the store knows of each beside that. */
function resultOfWorkers(medians: readonly number[], more: object) {
  const worker = (number: number, known: object) => {
    const facts = { requests: 1_000, lostBecause: null, startSkewMs: 0.4, ...known };
    return { number, id: `w${number}`, host: "a", pid: number, lastSequence: 1, facts };
  };
  const workers = medians.map((p50Ms, position) => worker(position + 1, { p50Ms, fileDescriptorLimit: 100, ...more }));
  // Of an older muster.
  workers.push(worker(medians.length + 1, {}));
  const samples = new Map(
    workers.map(({ number }) => [number, [sampleAt(0, { requests: 1_000, fileDescriptors: number === 2 ? 95 : 5 })]]),
  );
  const health = [{ startMs: 0, widthMs: 1_000, samples }];
  return withRecorded([delta(0, requests(5_000))], ({ result }) => result, { workers, health });
}

const medians = [10, 11, 10, 90];

test("workers whose users are unknown are not compared", () => {
  const result = resultOfWorkers(medians, {});
  assert.deepEqual(
    result.workers.map((one) => [one.health?.p50Ms, one.health?.fileDescriptorLimit]),
    [...medians.map((p50Ms) => [p50Ms, 100]), [null, null]],
  );
  assert.deepEqual([result.verdict, result.reasons], ["passed", []]);
  assert.match(result.warnings.join(), /^worker 2 had 95 of at most 100 files and sockets open/);
});

test("a worker that measured something else than others with the same users spoils the run", () => {
  const { verdict, reasons } = resultOfWorkers(medians, { userTimeMs: [["User", 1_000]] });
  assert.equal(verdict, "invalid");
  assert.match(reasons.join(), /^worker 4 measured a p50 of 90 ms, the others 10 ms/);
});

test("the ending of a run and its thresholds on a part of it are the same after the store has merged its windows", () => {
  const thresholds = parseThresholds({ requests: [{ threshold: "count>=2", window: "2s" }, "count>10"] });
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun({ ...newRun("a"), facts: { ...facts, thresholds } });
  const writer = store.writer("a");
  const windows = [1, 5, 1, 1, 9].map((count, second) => delta(second, requests(count), { users: { User: second } }));
  writer.commit({ windows, run: { state: "running", startedAt: "2026-01-02T03:05:00.000Z" } });
  const read = () => {
    using reader = store.reader("a");
    const run = store.run("a");
    assert.ok(run !== undefined);
    const data = storedRunData(run, reader);
    return { data, result: JSON.parse(JSON.stringify(resultOf(data))) as unknown };
  };
  const { data } = read();
  assert.equal(data.ending.kind, "unended");
  const amounts = { planned: 100, made: 97, late: 1, dropped: 1, unreported: 0 };
  const load = [{ scenario: "s", unit: "iterations" as const, ...amounts, isRandom: false, seconds: 5 }];
  const ended = {
    ...{ ...data, ending: { kind: "signalled", signal: "SIGINT" } as const, durationMs: 5_432.1, loadEndedMs: 5_001 },
    ...{ warnings: ["mind"], load, workers: [] },
  };
  writer.commit({ run: { state: "finished", ended: runEndOf(ended) } });
  const before = read();
  assert.deepEqual(before.result, JSON.parse(JSON.stringify(resultOf(ended))));
  assert.deepEqual([before.data.durationMs, before.data.load, before.data.users.peak], [5_432.1, load, 4]);
  assert.deepEqual(resultOf(before.data).thresholds[0]?.span?.windows, {
    ...{ widthMs: 2_000, judged: 4, broken: 0, worstStartMs: 2_000 },
  });
  writer.coarsen(0, 4_000);
  assert.deepEqual(read().result, before.result);
});

test("the rates of a run in progress leave out its pauses, as those of its master do", () => {
  const thresholds = parseThresholds({ requests: ["rate>9", { threshold: "rate>9", after: "8s" }] });
  const windows = [0, 1, 8, 9].map((second) => delta(second, requests(10), { users: { User: 1 } }));
  const events = [
    { atMs: 2_000, kind: "paused", text: "the load was paused" },
    { atMs: 8_000, kind: "resumed", text: "the load was resumed" },
  ];
  const more = { events, facts: { ...facts, thresholds } };
  const { run, total, thresholds: judged } = withRecorded(windows, ({ result }) => result, more);
  assert.deepEqual([run.durationMs, run.loadMs, total.requestsPerSecond], [10_000, 4_000, 10]);
  assert.deepEqual(
    judged.map(({ value }) => value),
    [10, 10],
  );
});

test("a stored run in progress is not judged while its users start again after a pause", () => {
  const thresholds = parseThresholds({ requests: { threshold: "rate>9", window: "2s" } });
  const counts = [10, 10, 10, 10, 0, 0, 2, 4, 6, 8, 10, 10, 10];
  const windows = counts.flatMap((count, second) =>
    count === 0 ? [] : [delta(second, requests(count), { users: { User: count } })],
  );
  const events = [
    { atMs: 4_000, kind: "paused", text: "the load was paused" },
    { atMs: 6_000, kind: "resumed", text: "the load was resumed" },
  ];
  const controls = [
    { atMs: 4_000, operation: { kind: "pause" } },
    { atMs: 6_000, operation: { kind: "resume" } },
  ];
  const points = [
    { atMs: 0, value: 0 },
    { atMs: 4_000, value: 8 },
  ];
  const plans = [{ scenario: "default", kind: "closed", points, durationMs: 60_000 }];
  const more = { events, controls, facts: { ...facts, thresholds, plans } };
  const [floor] = withRecorded(windows, ({ result }) => result, more).thresholds;
  assert.deepEqual([floor?.passed, floor?.span?.windows?.judged], [true, 5]);
});

test("a stall of the generator explains a failed threshold of a run in progress, too", () => {
  const thresholds = parseThresholds({
    requests: [
      { threshold: "rate>9", window: "2s" },
      { threshold: "rate>9.2", after: "1s" },
    ],
  });
  const seconds = Array.from({ length: 10 }, (_, second) => second);
  const windows = seconds.map((second) => delta(second, requests(second === 3 ? 1 : 10), { users: { User: 1 } }));
  const samples = new Map([[1, [sampleAt(3, { loopDelayMaxMs: 900 })]]]);
  const more = { health: [{ startMs: 3_000, widthMs: 1_000, samples }], facts: { ...facts, thresholds } };
  const [inWindows, late] = withRecorded(windows, ({ result }) => result, more).thresholds;
  assert.deepEqual([inWindows?.passed, inWindows?.span?.windows?.unjudged, late?.stalled], [true, 2, true]);
});

test("a run in progress is not judged by the time before its last worker had started", () => {
  const thresholds = parseThresholds({ requests: { threshold: "count>=2", window: "1s" } });
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun({ ...newRun("a"), facts: { ...facts, thresholds } });
  const workers = [0.4, 740].map((startSkewMs, position) => {
    const number = position + 1;
    const known = { requests: 5, lostBecause: null, startSkewMs };
    return { number, id: `w${number}`, host: "a", pid: number, lastSequence: 1, facts: known };
  });
  const windows = [1, 5, 5].map((count, second) => delta(second, requests(count)));
  const run = { state: "running" as const, startedAt: "2026-01-02T03:05:00.000Z" };
  store.writer("a").commit({ windows, workers, run });
  using reader = store.reader("a");
  const recorded = store.run("a");
  assert.ok(recorded !== undefined);
  const result = resultOf(storedRunData(recorded, reader));
  assert.deepEqual(result.thresholds[0]?.span?.windows, {
    ...{ widthMs: 1_000, judged: 2, unjudged: 1, broken: 0, worstStartMs: 1_000 },
  });
});

test("a run whose master was killed has the load that was planned and made until then, unless an earlier muster ran it", () => {
  const amounts = { planned: 100, made: 60, late: 1, dropped: 2, unreported: 0 };
  const load = [{ scenario: "s", unit: "iterations" as const, ...amounts, isRandom: false, seconds: 5 }];
  const known = { warnings: [], workerUsers: [], lifecycleRequests: [] };
  const loadOf = (progress: unknown) =>
    withRecorded([delta(0, requests(5))], ({ run, recording }) => resultOf(storedRunData(run, recording)).load, {
      run: { progress },
    });
  const { unreported: _, ...told } = amounts;
  assert.deepEqual(loadOf({ ...known, load }), [{ scenario: "s", unit: "iterations", ...told }]);
  assert.equal(loadOf(known), undefined);
});
