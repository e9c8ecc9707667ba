import assert from "node:assert/strict";
import { test } from "node:test";
import { earlyEndOf } from "../../src/analysis/early-end.ts";
import { exitCodes } from "../../src/core/errors.ts";

test("each ending has its verdict and exit code; a plan that was carried out is judged by what was measured", () => {
  assert.equal(earlyEndOf({ kind: "completed" }), null);
  const signalled = earlyEndOf({ kind: "signalled", signal: "SIGINT" });
  assert.deepEqual([signalled?.verdict, signalled?.exitCode], ["aborted", exitCodes.signalled]);
  assert.match(signalled?.reason ?? "", /^stopped by SIGINT /);
  const told = (
    [
      "threshold-breached",
      "drifting",
      "defect",
      "superseded",
      "too-few-workers",
      "workers-lost",
      "test-code-threw",
    ] as const
  ).map((kind) => earlyEndOf({ kind, message: "why" }));
  assert.deepEqual(
    told.map((end) => [end?.verdict, end?.exitCode, end?.reason]),
    [
      ["failed", exitCodes.thresholdFailed, "why"],
      ["failed", exitCodes.thresholdFailed, "why"],
      ["aborted", exitCodes.defect, "why"],
      ["aborted", exitCodes.badConfiguration, "why"],
      ["aborted", exitCodes.tooFewWorkers, "why"],
      ["invalid", exitCodes.tooFewWorkers, "why"],
      ["aborted", exitCodes.testCodeThrew, "why"],
    ],
  );
});

test("a run that its test has stopped has the verdict that the test gave it", () => {
  for (const [verdict, exitCode] of [
    ["failed", exitCodes.thresholdFailed],
    ["invalid", exitCodes.invalid],
  ] as const) {
    assert.deepEqual(earlyEndOf({ kind: "stopped-by-test", verdict, message: "why" }), {
      verdict,
      exitCode,
      reason: "why",
    });
  }
});

test("a run without an end is aborted, and says when its master last wrote", () => {
  const began = earlyEndOf({ kind: "unended", activeAt: "2026-01-02T03:04:05.678Z" });
  assert.deepEqual([began?.verdict, began?.exitCode], ["aborted", exitCodes.signalled]);
  assert.match(
    began?.reason ?? "",
    /these are its measurements so far; its master last wrote at 2026-01-02T03:04:05.678Z$/,
  );
  assert.match(earlyEndOf({ kind: "unended", activeAt: null })?.reason ?? "", /it never began$/);
});
