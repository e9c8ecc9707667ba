import assert from "node:assert/strict";
import { test } from "node:test";
import { describeExit } from "../../../src/runner/process/child-workers.ts";

test("a process that has ended is told with what that commonly means", () => {
  assert.match(describeExit(null, "SIGABRT"), /^its process aborted .* heap is full: .*--max-old-space-size/);
  assert.equal(describeExit(134, null), describeExit(null, "SIGABRT"));
  assert.match(describeExit(null, "SIGKILL"), /killed \(SIGKILL\).* ran out of memory/);
  assert.equal(describeExit(137, null), describeExit(null, "SIGKILL"));
  assert.equal(describeExit(null, "SIGTERM"), "its process was ended by SIGTERM");
  assert.equal(describeExit(1, null), "its process ended with exit code 1");
  assert.equal(describeExit(0, null), "its process ended");
});
