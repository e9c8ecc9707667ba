import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "../support/fixture.ts";
import { completedRun } from "../support/muster-process.ts";
import { SampleApi } from "../support/sample-api.ts";

test("new users arrive one by one over the whole cluster, not in bursts", async (t) => {
  const api = await SampleApi.start(t);
  await api.recordArrivals();
  const words = [fixture("loads"), "--profile=newcomers", "--workers=3", `--host=${api.url}`];
  const { result } = await completedRun(t, words);

  assert.equal(result.total.requests, 100);
  const arrivals = await api.arrivals();
  const gaps = arrivals.slice(1).map((atMs, position) => atMs - (arrivals[position] ?? 0));
  const sorted = gaps.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  assert.ok(median > 70 && median < 130, `median gap ${median} ms`);
  const close = gaps.filter((gap) => gap < 20).length;
  assert.ok(close <= 5, `${close} of ${gaps.length} users came within 20 ms of another`);
});
