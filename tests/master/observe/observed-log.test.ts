import assert from "node:assert/strict";
import { test } from "node:test";
import { mostObservedSeries, ObservedLog } from "../../../src/master/observe/observed-log.ts";
import { resolveObserve } from "../../../src/scenario/observe/resolve-observe.ts";

const sources = resolveObserve({ queue: () => 1, host: () => ({ cpu: 1 }) });
const cpu = { name: "host.cpu", source: "host", unit: null };
const queue = { name: "queue", source: "queue", unit: null };

test("what is new is pending until it is committed, once", () => {
  const log = new ObservedLog(sources, null);
  assert.deepEqual(
    log.pending().sources.map(({ name, position, readings }) => [name, position, readings]),
    [
      ["queue", 0, 0],
      ["host", 1, 0],
    ],
  );
  log.add(cpu, { atMs: 10, value: 0.5 });
  log.count("host", null);
  const first = log.pending();
  // Not committed: it is pending again.
  assert.deepEqual(log.pending(), first);
  log.committed(first);
  assert.deepEqual(log.pending(), { sources: [], series: [] });
  log.add(cpu, { atMs: 20, value: 0.6 });
  log.count("queue", { atMs: 21, text: "refused" });
  const { sources: changed, series } = log.pending();
  assert.deepEqual(series, [{ ...cpu, samples: [{ atMs: 20, value: 0.6 }] }]);
  assert.deepEqual(
    changed.map(({ name, failures, lastFailure }) => [name, failures, lastFailure?.text]),
    [["queue", 1, "refused"]],
  );
});

test("series are in the order of their sources, and a resumed run continues them", () => {
  const log = new ObservedLog(sources, null);
  log.add(cpu, { atMs: 10, value: 0.5 });
  log.add(queue, { atMs: 12, value: 3 });
  log.count("queue", { atMs: 11, text: "refused" });
  assert.deepEqual(
    log.series.map(({ name }) => name),
    ["queue", "host.cpu"],
  );
  const resumed = new ObservedLog(sources, { sources: log.sources, series: log.series });
  assert.deepEqual(resumed.series, log.series);
  assert.deepEqual(resumed.sources, log.sources);
  // The time of a resumed run is an estimate at first.
  resumed.add(queue, { atMs: 12, value: 4 });
  resumed.add(queue, { atMs: 13, value: 5 });
  assert.deepEqual(resumed.pending().series, [{ ...queue, samples: [{ atMs: 13, value: 5 }] }]);
});

test("a service that names any number of values takes no memory without limit", () => {
  const log = new ObservedLog(sources, null);
  for (let at = 0; at < mostObservedSeries; at++) {
    assert.ok(log.add({ ...cpu, name: `host.${at}` }, { atMs: 1, value: 1 }));
  }
  assert.equal(log.add({ ...cpu, name: "host.more" }, { atMs: 1, value: 1 }), false);
  assert.equal(log.series.length, mostObservedSeries);
});
