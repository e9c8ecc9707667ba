import assert from "node:assert/strict";
import { test } from "node:test";
import { ageText, byAttention, wallTone } from "../../../src/ui/data/wall.ts";

test("the age of a run, in the largest unit that it fills", () => {
  const now = Date.parse("2026-11-29T12:00:00.000Z");
  const ages = [0, 59_000, 60_000, 3_599_000, 3_600_000, 86_400_000 * 2.5].map((ageMs) =>
    ageText(new Date(now - ageMs).toISOString(), now),
  );
  assert.deepEqual(ages, ["just now", "just now", "1 min ago", "59 min ago", "1 h ago", "2 d ago"]);
});

test("a run without a verdict is running until it has ended or its master was killed", () => {
  const phases = ["waiting", "preparing", "setup", "running", "stopping", "teardown"];
  for (const state of phases) assert.equal(wallTone({ verdict: null, state }), "running", state);
  for (const state of ["finished", "interrupted"]) assert.equal(wallTone({ verdict: null, state }), "muted", state);
  assert.equal(wallTone({ verdict: "aborted", state: "finished" }), "aborted");
});

test("tests that failed come first, and those that passed last", () => {
  const tests = ["passed", "invalid", null, "failed"].map((verdict) => ({ latest: { verdict, state: "finished" } }));
  assert.deepEqual(
    byAttention(tests).map(({ latest }) => latest.verdict),
    ["failed", "invalid", null, "passed"],
  );
});
