import assert from "node:assert/strict";
import { test } from "node:test";
import { cutShortIn } from "../../src/analysis/cut-short.ts";
import type { CutShort } from "../../src/analysis/metric-source.ts";
import { decide } from "../../src/analysis/verdict.ts";
import { parseThresholds } from "../../src/core/thresholds/threshold.ts";
import type { ThresholdDefinitions } from "../../src/scenario/definition/define.ts";
import { iteration, measured, request } from "./measurements.ts";

const work = [...Array.from({ length: 20 }, () => request("/jobs", 100)), iteration, iteration];

/** The verdict of a run of 10 s of a plan of a minute, which ended there by `cutShort` if it is given. */
function decided(thresholds: ThresholdDefinitions, cutShort: CutShort | null) {
  const parsed = parseThresholds(thresholds, { rampEndMs: 0, durationMs: 60_000 });
  return decide(parsed, measured(work, { cutShort }), null);
}

const byUser: CutShort = { atMs: 10_000, because: "a user stopped the load" };

test("a load that its user ended is not judged by what it did not reach", () => {
  for (const thresholds of [
    { requests: "count>100" },
    { iterations: "count==50" },
    { response_time: { threshold: "p(95)<500", after: "20s" } },
    { requests: { threshold: "rate>1", after: "20s" } },
    { response_time: { threshold: "p(95)<500", window: "30s" } },
  ] satisfies ThresholdDefinitions[]) {
    const { verdict, exitCode, reasons, thresholds: outcomes } = decided(thresholds, byUser);
    assert.deepEqual([verdict, exitCode, outcomes[0]?.cutShort], ["invalid", 110, true], JSON.stringify(thresholds));
    assert.match(
      reasons[0] ?? "",
      /^a user stopped the load after 00:10: it is not known whether the rest of the plan would have met this/,
    );
    assert.equal(reasons.length, 2);
    assert.equal(decided(thresholds, null).verdict, "failed", JSON.stringify(thresholds));
  }
});

test("what was measured until then fails or passes as ever", () => {
  for (const thresholds of [
    { response_time: "p(95)<50" },
    { requests: "count<10" },
    { requests: "rate>3" },
    { requests: "count>100", response_time: "p(95)<50" },
  ]) {
    assert.equal(decided(thresholds, byUser).verdict, "failed", JSON.stringify(thresholds));
  }
  assert.equal(decided({ requests: "count>10", response_time: "p(95)<500" }, byUser).verdict, "passed");
});

test("a user and maxRequests cut a load short, not the code of the test", () => {
  const event = (kind: string, text: string) => [{ kind, atMs: 4_000, text }];
  assert.deepEqual(cutShortIn(event("stopped", "the load was stopped")), { ...byUser, atMs: 4_000 });
  assert.deepEqual(cutShortIn(event("stopped", "in other words")), { ...byUser, atMs: 4_000 });
  const byLimit = cutShortIn(event("max-requests", "all 100 requests (maxRequests) were made"));
  assert.equal(byLimit?.atMs, 4_000);
  // No user did that.
  const [reason] = decided({ requests: "count>100" }, byLimit).reasons;
  assert.match(
    reason ?? "",
    /^all requests that maxRequests allows were made after 00:04: it is not known whether the rest of the plan/,
  );
  assert.equal(cutShortIn(event("stopped-by-test", "the test stopped the run: sold out (user 3 of Buyer)")), null);
  assert.equal(cutShortIn([]), null);
});

test("a run of an earlier version that its test stopped was not cut short by a user", () => {
  const text = "the test stopped the run: sold out (user 3 of Buyer)";
  assert.equal(cutShortIn([{ kind: "stopped", atMs: 4_000, text }]), null);
});
