import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { ByteWriter } from "../../../src/protocol/bytes.ts";
import { decodeReport, encodeReport } from "../../../src/protocol/report-frame.ts";
import {
  counter,
  declaredMetrics,
  declaring,
  gauge,
  rate,
  trend,
  useMetricSink,
} from "../../../src/scenario/definition/own-metrics.ts";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { MetricRecorder } from "../../../src/worker/user/metric-recorder.ts";

let tests = 0;
const load = (code: () => void) => declaring(`test ${++tests}`, async () => code());

beforeEach(() => useMetricSink(null));

test("a test declares what it measures; another test has its own", async () => {
  await load(() => {
    counter("orders");
    trend("cart_size");
    counter("orders");
  });
  assert.deepEqual(declaredMetrics(), [
    { name: "orders", kind: "counter" },
    { name: "cart_size", kind: "trend" },
  ]);
  await load(() => gauge("orders"));
  assert.deepEqual(declaredMetrics(), [{ name: "orders", kind: "gauge" }]);
});

test("a test that was loaded before is not run again, but is known", async () => {
  await declaring("known", async () => rate("hits"));
  await load(() => {});
  assert.deepEqual(declaredMetrics(), []);
  await declaring("known", async () => {});
  assert.deepEqual(declaredMetrics(), [{ name: "hits", kind: "rate" }]);
});

const refused: [what: () => unknown, message: RegExp][] = [
  [() => counter("response_time"), /"response_time": muster has a built-in metric of this name/],
  [() => counter("http_reqs"), /built-in metric/],
  [() => counter("2fast"), /a name consists of letters/],
  [() => counter("a b"), /a name consists of letters/],
  [() => [trend("x"), counter("x")], /"x" is already a trend; it cannot be a counter too/],
];

test("a name that cannot be one is refused with one line", async () => {
  for (const [declare, message] of refused) {
    await assert.rejects(load(declare), (error) => {
      assert.ok(error instanceof ConfigurationError);
      assert.match(error.message, message);
      return true;
    });
  }
});

test("values are recorded while a run goes on, nowhere before and after", async () => {
  const recorder = new IntervalRecorder();
  let nowMs = 1_000;
  const [orders, size, hits, queue] = await declaring("recording", async () => {
    return [counter("orders"), trend("cart_size"), rate("hits"), gauge("queue")] as const;
  });
  orders.add();
  useMetricSink(new MetricRecorder(recorder, () => nowMs));
  orders.add();
  orders.add(2.5);
  size.add(12.345);
  for (const held of [true, false, true]) hits.add(held);
  queue.set(7);
  nowMs = 2_000;
  queue.set(-3);
  assert.throws(() => counter("late"), /declared too late/);
  useMetricSink(null);
  orders.add();
  assert.deepEqual(Object.fromEntries(recorder.metrics), {
    orders: { kind: "counter", sum: 3.5 },
    hits: { kind: "rate", count: 2, total: 3 },
    queue: { kind: "gauge", value: -3, min: -3, max: 7, atMs: 2_000 },
  });
  assert.equal(recorder.series[0]?.samples.serviceTime.maxMicros, 12_345);
});

test("what is no amount is the test's mistake, where it is made", async () => {
  const [orders, size, queue] = await declaring("amounts", async () => {
    return [counter("orders"), trend("cart_size"), gauge("queue")] as const;
  });
  for (const add of [() => orders.add(-1), () => size.add(Number.NaN), () => queue.set(Number.POSITIVE_INFINITY)]) {
    assert.throws(add, TypeError);
  }
});

test("tags are checked when a value is given, as a test may be JavaScript", async () => {
  let size = trend("unused_yet");
  await load(() => {
    size = trend("cart_size");
  });
  const given = (options: unknown) => () => size.add(1, options as never);
  assert.throws(given("gold"), /^InvalidValue: metric cart_size: expected options such as \{ tags: /);
  assert.throws(given({ tag: { plan: "gold" } }), /metric cart_size: unknown option "tag", did you mean "tags"\?/);
  assert.throws(given({ tags: ["gold"] }), /metric cart_size: tags: expected an object such as/);
  assert.throws(given({ tags: { plan: 5 } }), /metric cart_size: tags\.plan: expected a string, found 5$/);
  assert.throws(given({ tags: { plan: undefined } }), /tags\.plan: expected a string, found undefined$/);
  given({ tags: { plan: "gold" } })();
  given({})();
});

test("a value that is none throws by name, and what was recorded stays whole", async () => {
  const recorder = new IntervalRecorder();
  const [orders, size, hits, queue] = await declaring("bad values", async () => {
    return [counter("orders"), trend("cart_size"), rate("hits"), gauge("queue")] as const;
  });
  useMetricSink(new MetricRecorder(recorder, () => 0));
  const given = (value: unknown) => value as number & boolean;
  for (const value of ["5", null, Number.NaN, -1, Infinity, 5n, Symbol("5"), [], 1e300, Promise.resolve(1)]) {
    assert.throws(() => orders.add(given(value)), /^InvalidValue: metric orders: expected a number of 0 or more/);
    assert.throws(() => size.add(given(value)), /^InvalidValue: metric cart_size: expected a number of 0 or more/);
  }
  assert.throws(() => queue.set(given(undefined)), /^InvalidValue: metric queue: expected a number, found undefined/);
  assert.throws(() => hits.add(given(Promise.resolve(false))), /metric hits was given a promise, which is always true/);
  assert.throws(() => hits.add(given(() => false)), /metric hits was given a function, which is always true/);
  hits.add(given(0));
  // Beyond that a report's numbers could not hold their sum.
  for (let count = 0; count < 9; count++) size.add(1e12);
  assert.throws(() => size.add(1e12), /^InvalidValue: metric cart_size: the sum of the values in one second exceeds/);
  const report = decodeReport(
    encodeReport(new ByteWriter(), 1, { first: 0, count: 1 }, recorder, { peak: 0, byClass: new Map() }),
  );
  assert.deepEqual(
    [report.series[0]?.samples.requests, report.metrics[0]?.metric],
    [9, { kind: "rate", count: 0, total: 1 }],
  );
  await assert.rejects(
    load(() => counter(given(Symbol("a")) as unknown as string)),
    /the name of a metric is a symbol/,
  );
});
