import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { HistogramFamily, MetricFamily } from "../../../src/runner/metrics/metric-family.ts";
import { otlpRequests } from "../../../src/runner/metrics/otlp-request.ts";
import { anyMicros, merge, recordAll } from "../../stats/histogram/histogram-fixtures.ts";
import { assertProperty } from "../../support/property.ts";
import { decodeMetrics, LatestMetrics, type OtlpMetrics } from "../../support/servers/otlp-receiver.ts";

const run = { runId: "r1", testName: "shop.ts", profile: "standard", host: "http://h" };
const times = { beganMs: 1_700_000_000_000, readMs: 1_700_000_005_123 };

function decoded(families: readonly MetricFamily[], environment: NodeJS.ProcessEnv = {}): OtlpMetrics[] {
  return [...otlpRequests(families, run, times, environment)].filter((body) => body !== null).map(decodeMetrics);
}

const duration = (points: HistogramFamily["points"]): HistogramFamily => {
  const facts = { name: "muster.request.duration", unit: "s", help: "", perUnit: 1_000_000, bounds: [] };
  return { kind: "histogram", ...facts, points };
};

test("OpenTelemetry's own definitions read counters, gauges and their attributes", () => {
  const labels = { method: "GET", name: "/naïve 🦊" };
  const [request] = decoded([
    {
      kind: "counter",
      name: "muster.requests",
      unit: "{request}",
      help: "h",
      points: [{ labels, value: 2 ** 40 + 1 }],
    },
    { kind: "gauge", name: "muster.users", unit: "{user}", help: "h", points: [{ labels: {}, value: -1.5 }] },
    { kind: "counter", name: "muster.own.counter", unit: "", help: "h", points: [{ labels: {}, value: 0.25 }] },
  ]);
  assert.equal(request?.resource["service.name"], "muster");
  assert.equal(request?.resource["muster.run.id"], "r1");
  const [requests, users, own] = request?.metrics ?? [];
  assert.deepEqual([requests?.kind, requests?.isMonotonic, requests?.temporality], ["sum", true, 2]);
  const [point] = requests?.points ?? [];
  assert.deepEqual([point?.value, point?.attributes], [2 ** 40 + 1, labels]);
  assert.equal(point?.startTimeUnixNano, times.beganMs * 1e6);
  assert.equal(point?.timeUnixNano, times.readMs * 1e6);
  assert.deepEqual([users?.kind, users?.points[0]?.value], ["gauge", -1.5]);
  assert.equal(own?.points[0]?.value, 0.25);
});

test("a histogram keeps its exact count, sum, minimum and maximum, and all samples are in its buckets", () => {
  assertProperty(
    fc.property(fc.array(anyMicros, { minLength: 1 }), (samples) => {
      const histogram = merge(recordAll(samples));
      const [request] = decoded([duration([{ labels: {}, histogram }])]);
      const [point] = request?.metrics[0]?.points ?? [];
      assert.equal(request?.metrics[0]?.kind, "exponentialHistogram");
      assert.deepEqual(
        [point?.count, point?.sum, point?.min, point?.max],
        [samples.length, ...[histogram.sumMicros, histogram.minMicros, histogram.maxMicros].map((one) => one / 1e6)],
      );
      const inBuckets = point?.positive?.bucketCounts.reduce((sum, count) => sum + count, 0) ?? 0;
      assert.equal(inBuckets + (point?.zeroCount ?? 0), samples.length);
      assert.ok((point?.scale ?? 99) <= 7);
    }),
  );
});

test("what is too much for one request goes out in several, with every point once", () => {
  const histogram = merge(recordAll([1_000, 2_000_000]));
  const points = Array.from({ length: 8_000 }, (_, i) => ({ labels: { name: `/jobs/${i}` }, histogram }));
  const bodies = [...otlpRequests([duration(points)], run, times, {})].filter((body) => body !== null);
  assert.ok(bodies.length > 1, String(bodies.length));
  for (const body of bodies) assert.ok(body.length < 1_200_000, String(body.length));
  const latest = new LatestMetrics(bodies.map(decodeMetrics));
  assert.equal(latest.points("muster.request.duration").length, 8_000);
});

test("a run without values makes no request", () => {
  assert.deepEqual(decoded([duration([])]), []);
});
