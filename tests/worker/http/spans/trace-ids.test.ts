import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseTraceparent, TraceIds, traceparentOf } from "../../../../src/worker/http/spans/trace-ids.ts";
import { assertProperty } from "../../../support/property.ts";

const runs = fc.record({ runId: fc.string(), seed: fc.nat(), worker: fc.nat({ max: 5_000 }) });

function idsOf({ runId, seed, worker }: { runId: string; seed: number; worker: number }, count: number) {
  const ids = new TraceIds(runId, seed, worker);
  return Array.from({ length: count }, () => ids.next());
}

test("ids are valid, and those of one worker never repeat", () => {
  assertProperty(
    fc.property(runs, (run) => {
      const made = idsOf(run, 200);
      for (const ids of made) {
        for (const isSampled of [true, false]) {
          const { traceId, spanId } = ids;
          assert.deepEqual(parseTraceparent(traceparentOf(ids, isSampled)), { traceId, spanId, isSampled });
        }
        assert.ok(ids.position >= 0 && ids.position < 1);
      }
      assert.equal(new Set(made.map(({ traceId }) => traceId)).size, made.length);
      assert.equal(new Set(made.map(({ spanId }) => spanId)).size, made.length);
    }),
  );
});

test("the same seed has the same requests in its sample; runs and workers share no trace id", () => {
  const [first, again, other, worker] = [
    idsOf({ runId: "a", seed: 7, worker: 1 }, 1_000),
    idsOf({ runId: "b", seed: 7, worker: 1 }, 1_000),
    idsOf({ runId: "a", seed: 8, worker: 1 }, 1_000),
    idsOf({ runId: "a", seed: 7, worker: 2 }, 1_000),
  ];
  const positions = (made: typeof first) => made.map(({ position }) => position);
  assert.deepEqual(positions(again), positions(first));
  assert.notDeepEqual(positions(other), positions(first));
  assert.notDeepEqual(positions(worker), positions(first));
  const all = [first, again, worker].flatMap((made) => made.map(({ traceId }) => traceId));
  assert.equal(new Set(all).size, 3_000);
  assert.deepEqual(idsOf({ runId: "a", seed: 7, worker: 1 }, 1_000), first);
});

test("a share of 1 % is 1 % of the requests, and each bit of an id is set in half of them", () => {
  const count = 100_000;
  const made = idsOf({ runId: "a", seed: 1, worker: 1 }, count);
  const sampled = made.filter(({ position }) => position < 0.01).length;
  // Six standard deviations: the ids are the same in each run of this test.
  assert.ok(Math.abs(sampled - count * 0.01) < 6 * Math.sqrt(count * 0.01 * 0.99), `${sampled}`);
  const bits = Array.from({ length: 64 }, () => 0);
  for (const { traceId } of made) {
    const value = BigInt(`0x${traceId.slice(16)}`);
    for (let bit = 0; bit < 64; bit++) bits[bit] = (bits[bit] ?? 0) + Number((value >> BigInt(bit)) & 1n);
  }
  for (const [bit, set] of bits.entries()) assert.ok(Math.abs(set / count - 0.5) < 0.01, `bit ${bit}: ${set}`);
});

test("a traceparent is read as the specification says", () => {
  const [trace, span] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
  const sampled = { traceId: trace, spanId: span, isSampled: true };
  assert.deepEqual(parseTraceparent(`00-${trace}-${span}-01`), sampled);
  assert.deepEqual(parseTraceparent(`00-${trace}-${span}-02`), { ...sampled, isSampled: false });
  assert.deepEqual(parseTraceparent(`cc-${trace}-${span}-01-what-a-later-version-adds`), sampled);
  const zeros = (length: number) => "0".repeat(length);
  for (const invalid of [
    ...["", "00", `ff-${trace}-${span}-01`, `00-${zeros(32)}-${span}-01`, `00-${trace}-${zeros(16)}-01`],
    ...[
      `00-${trace.toUpperCase()}-${span}-01`,
      `00-${trace}-${span}-1`,
      `00-${trace}-${span}-01x`,
      `00-${trace}-${span}`,
    ],
  ]) {
    assert.equal(parseTraceparent(invalid), null, invalid);
  }
});
