import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Capacity } from "../../examples/plot-palette/api/misbehaviour/capacity.ts";
import { EvenShare } from "../../examples/plot-palette/api/misbehaviour/even-share.ts";
import { LognormalLatency } from "../../examples/plot-palette/api/misbehaviour/latency.ts";
import { Misbehaviour } from "../../examples/plot-palette/api/misbehaviour/misbehaviour.ts";
import { ScaleOut } from "../../examples/plot-palette/api/misbehaviour/scale-out.ts";
import { Stall } from "../../examples/plot-palette/api/misbehaviour/stall.ts";
import { JobStore } from "../../examples/plot-palette/api/store/job-store.ts";

/** A repeatable source of numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("rules of misbehaviour, in virtual time", () => {
  it("an even share is exact for any share and length", () => {
    for (const share of [0, 0.001, 0.01, 0.05, 0.1, 1 / 3, 0.7, 0.999, 1]) {
      const even = new EvenShare(share);
      let picked = 0;
      for (let n = 1; n <= 10_000; n += 1) {
        if (even.picks()) picked += 1;
        assert.equal(picked, Math.floor(n * share + 1e-9), `${share} of ${n}`);
      }
    }
  });

  it("a lognormal latency has its median and its tail", () => {
    const latency = new LognormalLatency(80, 0.5, seeded(1));
    const sorted = Array.from({ length: 20_000 }, () => latency.delayMs()).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? 0;
    assert.ok(Math.abs(at(0.5) / 80 - 1) < 0.03, `median ${at(0.5)}`);
    assert.ok(Math.abs(at(0.95) / (80 * Math.exp(1.645 * 0.5)) - 1) < 0.03, `p95 ${at(0.95)}`);
  });

  it("a capacity serves one after the other and is idle in between", () => {
    const capacity = new Capacity(100, Number.POSITIVE_INFINITY);
    assert.deepEqual([capacity.finishMs(0), capacity.finishMs(0), capacity.finishMs(5)], [10, 20, 30]);
    assert.equal(capacity.finishMs(1_000), 1_010);
  });

  it("a queue limit counts those that wait, not the one being served", () => {
    const capacity = new Capacity(100, 2);
    const finishes = [0, 0, 0, 0, 9.9, 10, 10].map((nowMs) => capacity.finishMs(nowMs));
    assert.deepEqual(finishes, [10, 20, 30, undefined, undefined, 40, undefined]);
    const noQueue = new Capacity(100, 0);
    assert.deepEqual([noQueue.finishMs(0), noQueue.finishMs(9), noQueue.finishMs(10)], [10, undefined, 20]);
  });

  it("a scale-out serves those that wait across it faster, after its delay and from then on", () => {
    const scaleOut = new ScaleOut(100, 4, 10);
    const capacity = new Capacity(10, Number.POSITIVE_INFINITY, scaleOut);
    const atZero = Array.from({ length: 10 }, () => capacity.finishMs(0));
    // The 9th request within a second is above 8 per second: four times the speed from 100 ms on.
    assert.deepEqual(atZero.slice(0, 8), [100, 200, 300, 400, 500, 600, 700, 800]);
    assert.deepEqual(atZero.slice(8), [825, 850]);
    assert.equal(capacity.finishMs(100_000), 100_025);
  });

  it("a scale-out is not ordered below 80 % of capacity", () => {
    const scaleOut = new ScaleOut(0, 4, 100);
    for (let n = 0; n < 1_000; n += 1) scaleOut.arrived(n * 12.6);
    assert.equal(scaleOut.effectiveAtMs, Number.POSITIVE_INFINITY);
    for (let n = 0; n < 100; n += 1) scaleOut.arrived(20_000 + n * 12);
    assert.ok(scaleOut.effectiveAtMs > 20_900 && scaleOut.effectiveAtMs < 21_000);
  });

  it("a stall may start later", () => {
    const stall = new Stall(100, 50, 1_000);
    assert.deepEqual(
      [1_049, 1_050, 1_149, 1_150].map((ms) => stall.releaseMs(ms)),
      [1_049, 1_150, 1_150, 1_150],
    );
  });

  it("a leak grows by the minute, and goes on over other changes", () => {
    const misbehaviour = new Misbehaviour(seeded(1));
    misbehaviour.patch({ leak: { msPerMinute: 60 } }, 0);
    misbehaviour.patch({ latencyMs: 5 }, 30_000);
    assert.deepEqual(misbehaviour.admit(60_000), { fate: "answer", dueMs: 60_065 });
    misbehaviour.restart(60_000);
    assert.deepEqual(misbehaviour.admit(60_000), { fate: "answer", dueMs: 60_005 });
  });

  it("a reset keeps the settings but not a stall", () => {
    const misbehaviour = new Misbehaviour(seeded(1));
    misbehaviour.patch({ latencyMs: 5, stall: { forMs: 100 } }, 0);
    misbehaviour.restart(10);
    assert.deepEqual(misbehaviour.settings, { latencyMs: 5 });
    assert.equal(misbehaviour.releaseMs(20), 20);
  });

  it("the cliff lets exactly its rate pass, at any load above", () => {
    const misbehaviour = new Misbehaviour(seeded(1));
    misbehaviour.patch({ errorAbove: { requestsPerSecond: 100 } }, 0);
    let passed = 0;
    for (let n = 0; n < 3_000; n += 1) if (misbehaviour.admit(n).fate === "answer") passed += 1;
    assert.equal(passed, 300);
  });
});

describe("job store", () => {
  it("keeps the newest jobs only", () => {
    const store = new JobStore(3);
    const request = { template: "basic", name: "x", colours: null, createdBy: "a", run: null };
    const ids = Array.from({ length: 5 }, () => store.create(request).id);
    assert.equal(store.size, 3);
    assert.deepEqual(
      store.page(10, 0).map((job) => job.id),
      ids.slice(2).reverse(),
    );
    assert.equal(store.get(ids[0] ?? ""), undefined);
    assert.equal(store.templateUsage.get("basic"), 3);
    assert.equal(store.ownedBy("a", 20).length, 3);
  });
});
