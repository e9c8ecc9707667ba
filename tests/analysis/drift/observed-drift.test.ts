import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { leakSign } from "../../../src/analysis/drift/leak-signs.ts";
import { observedDrifts } from "../../../src/analysis/drift/observed-drift.ts";
import type { WatchedMetric } from "../../../src/analysis/saturation/watched-metric.ts";
import { caseCount } from "../../support/depth.ts";
import { assertProperty } from "../../support/property.ts";
import { healthySoaks, isCalledLeak, leakingSoaks, type ObservedSoak, verdictOnObserved } from "./observed-soaks.ts";

const soaks = caseCount(60);

function metric(over: Partial<WatchedMetric>): WatchedMetric {
  return { name: "heap", unit: null, sampleName: null, isRate: false, leak: null, samples: [], ...over };
}

test(`${soaks} healthy services of all kinds: none is said to leak`, () => {
  const called = Array.from({ length: soaks }, (_, seed) => {
    const soak = healthySoaks[seed % healthySoaks.length] as ObservedSoak;
    const hours = [1, 4, 24][Math.floor(seed / healthySoaks.length) % 3] ?? 1;
    return isCalledLeak(verdictOnObserved(soak, hours, seed)) ? [`${soak.name}, ${hours} h, seed ${seed}`] : [];
  });
  // None of 60, and by chance a few of the 600 of a deep run.
  assert.ok(called.flat().length <= Math.floor(soaks / 200), called.flat().join("\n"));
});

test("leaks of all kinds are found, also under noise", () => {
  for (const soak of leakingSoaks) {
    if (soak.isAtLimit === true) continue;
    const count = Math.ceil(soaks / 10);
    const found = Array.from({ length: count }, (_, seed) => isCalledLeak(verdictOnObserved(soak, 1, seed)));
    const share = found.filter(Boolean).length / count;
    assert.ok(share >= 0.9, `${soak.name}: ${share * 100} % found`);
  }
});

test("the slope of a leak is the true one, and its interval contains it", () => {
  const soak = leakingSoaks.find(({ name }) => name === "memory rises by 50 % over the run") as ObservedSoak;
  const { trend, unit } = verdictOnObserved(soak, 4, 3);
  assert.equal(unit, "bytes");
  assert.ok(trend !== null && trend.lowPerHour < 25e6 && 25e6 < trend.highPerHour, JSON.stringify(trend));
  assert.ok(Math.abs(trend.perHour - 25e6) < 2e6, JSON.stringify(trend));
});

test("what is free falls when it leaks: its figures have their own sign", () => {
  const soak = leakingSoaks.find(({ metric: name }) => name === "memory_free") as ObservedSoak;
  const { verdict, trend } = verdictOnObserved(soak, 1, 1);
  assert.ok(verdict.kind === "drifting" && verdict.direction === "worse");
  assert.ok(trend !== null && trend.perHour < 0 && trend.median > 0 && trend.lowPerHour < trend.highPerHour);
  assert.ok(trend.line !== undefined && trend.line.from > trend.line.to && trend.line.to > 0);
});

test("what falls back to the same floor is no leak, however high it rises in between", () => {
  const peaks = Array.from({ length: 600 }, (_, i) => ({ atMs: i * 5_000, value: 100.5 + ((i % 12) * i) / 60 }));
  const floor = peaks.map(({ atMs, value }, i) => ({ atMs, value: value + i / 6 }));
  const kinds = [peaks, floor].map((samples) => {
    const options = { rampEndMs: 0, leastWarmUpMs: 60_000 };
    return observedDrifts([metric({ samples })], { includes: () => true }, options)[0]?.verdict.kind;
  });
  assert.deepEqual(kinds, ["stable", "drifting"]);
});

test("a growth by less than a megabyte does not matter, of however little memory", () => {
  const kindOf = (name: string, valueAt: (progress: number) => number) => {
    const samples = Array.from({ length: 400 }, (_, i) => ({ atMs: i * 5_000, value: Math.round(valueAt(i / 400)) }));
    const options = { rampEndMs: 0, leastWarmUpMs: 60_000 };
    return observedDrifts([metric({ name, samples })], { includes: () => true }, options)[0]?.verdict.kind;
  };
  assert.equal(
    kindOf("heap", (progress) => 3e6 + 0.9e6 * progress),
    "stable",
  );
  assert.equal(
    kindOf("heap", (progress) => 3e6 + 1.5e6 * progress),
    "drifting",
  );
});

test("which metrics leak is decided by their words, and by the test", () => {
  const signOf = (over: Partial<WatchedMetric>) => leakSign(metric(over));
  for (const name of ["heap", "heapUsed", "rss", "db_connections", "queue", "jobs-queued", "in_flight", "openFds"]) {
    assert.equal(signOf({ name }), 1, name);
  }
  for (const name of ["free_memory", "idle-connections", "memoryAvailable"]) assert.equal(signOf({ name }), -1, name);
  for (const name of [
    "cpu",
    "requests_total",
    "queue_seconds_sum",
    "throttled",
    "connections_total",
    "connectionsAccepted",
    "threat",
  ]) {
    assert.equal(signOf({ name }), null, name);
  }
  assert.equal(signOf({ name: "api", sampleName: "process_resident_memory_bytes" }), 1);
  assert.equal(signOf({ name: "api", unit: "connections" }), 1);
  assert.equal(signOf({ name: "idle_in_transaction_connections" }), 1);
  assert.equal(signOf({ name: "queue", isRate: true }), null);
  assert.equal(signOf({ name: "heap", leak: false }), null);
  assert.equal(signOf({ name: "tokens", leak: true }), 1);
});

test("whole numbers that rise at each reading are a counter, unless the test says that they leak", () => {
  const samples = Array.from({ length: 100 }, (_, i) => ({ atMs: i * 5_000, value: 17 * i }));
  assert.equal(leakSign(metric({ name: "connections", samples })), null);
  assert.equal(leakSign(metric({ name: "connections", samples, leak: true })), 1);
  assert.equal(leakSign(metric({ name: "memory", samples })), 1);
  const leaking = samples.map(({ atMs }, i) => ({ atMs, value: 50 + Math.floor(i / 3) }));
  assert.equal(leakSign(metric({ name: "connections", samples: leaking })), 1);
});

test("too few readings are said, and gaps do not matter", () => {
  const options = { rampEndMs: 0, leastWarmUpMs: 10_000 };
  const whole = { includes: () => true };
  const samples = Array.from({ length: 20 }, (_, i) => ({ atMs: i * 1_000, value: 100 + i }));
  const [few] = observedDrifts([metric({ samples })], whole, options);
  assert.deepEqual(few?.verdict, {
    kind: "insufficient",
    reason: "10 points after the warm-up; 24 are needed",
  });
  const [none] = observedDrifts([metric({})], whole, options);
  assert.equal(none?.verdict.kind, "insufficient");
  const many = Array.from({ length: 400 }, (_, i) => ({ atMs: i * 1_000, value: 100 + (i % 7) + i }));
  const gaps = many.filter(({ atMs }) => atMs % 100_000 > 20_000);
  for (const some of [many, gaps]) {
    const [drift] = observedDrifts([metric({ samples: some })], whole, options);
    assert.equal(drift?.verdict.kind, "drifting");
  }
});

test("property: no verdict depends on the unit, and values that are all the same do not drift", () => {
  const values = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 60 });
  assertProperty(
    fc.property(values, fc.constantFrom(2 ** -10, 0.25, 0.5), (some, factor) => {
      const kindOf = (scaled: readonly number[]) => {
        const samples = scaled.map((value, position) => ({ atMs: position * 1_000, value }));
        const options = { rampEndMs: 0, leastWarmUpMs: 0 };
        return observedDrifts([metric({ samples })], { includes: () => true }, options)[0]?.verdict.kind;
      };
      // Fractions in each unit, as a small change of whole numbers does not matter.
      const fractions = some.map((value) => value + 0.5);
      assert.equal(kindOf(fractions.map((value) => value * factor)), kindOf(fractions));
      const same = kindOf(some.map(() => 5));
      assert.ok(same === "stable" || same === "insufficient", String(same));
    }),
    { factor: 0.3 },
  );
});
