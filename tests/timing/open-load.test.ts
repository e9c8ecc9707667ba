import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun } from "../support/muster-process.ts";
import { SampleApi } from "../support/sample-api.ts";

/** How many arrivals fall into each second after the first. */
function perSecond(arrivalsMs: readonly number[]): number[] {
  const first = arrivalsMs[0] ?? 0;
  const counts: number[] = [];
  for (const atMs of arrivalsMs) {
    const second = Math.floor((atMs - first) / 1_000);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}

// 20 s each, in which the machine has little to do.
describe("open loads", { concurrency: 2 }, () => {
  it("200 iterations per second over two workers arrive evenly", async (t) => {
    const api = await SampleApi.start(t);
    await api.recordArrivals();
    const { code, result } = await completedRun(t, [
      fixture("loads"),
      "--profile=even",
      "--workers=2",
      `--host=${api.url}`,
    ]);

    assert.equal(code, 0);
    await assertExact(result, api);
    assert.ok(Math.abs(result.total.requests - 4_000) <= 1, `${result.total.requests} requests`);
    assert.equal(result.droppedIterations, 0);
    const counts = perSecond(await api.arrivals()).slice(0, 20);
    for (const [second, count] of counts.entries()) {
      // The last second of the plan may begin a moment before the twentieth of the arrivals.
      if (second < 19) assert.ok(count >= 190 && count <= 210, `${count} arrivals in second ${second}: ${counts}`);
    }
  });

  it("Poisson arrivals have the dispersion of a Poisson process", async (t) => {
    const api = await SampleApi.start(t);
    await api.recordArrivals();
    const { result } = await completedRun(t, [
      fixture("loads"),
      "--profile=poisson",
      "--workers=2",
      "--seed=5",
      `--host=${api.url}`,
    ]);

    await assertExact(result, api);
    const arrivals = await api.arrivals();
    const first = arrivals[0] ?? 0;
    const binMs = 100;
    const counts = new Array<number>(199).fill(0);
    for (const atMs of arrivals) {
      const bin = Math.floor((atMs - first) / binMs);
      if (bin < counts.length) counts[bin] = (counts[bin] ?? 0) + 1;
    }
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    assert.ok(Math.abs(mean - 30) < 1.5, `${mean} arrivals in 100 ms`);
    assert.ok(variance / mean > 0.8 && variance / mean < 1.25, `index of dispersion ${variance / mean}`);
  });
});
