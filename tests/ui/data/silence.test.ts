import assert from "node:assert/strict";
import { test } from "node:test";
import { longestSilenceMs } from "../../../src/ui/data/silence.ts";

const heartbeatMs = 5_000;

test("a master that only sends heartbeats, such as one that waits for workers, is not lost between two of them", () => {
  for (const state of ["ready", "starting", "finished"] as const) {
    const canStart = state !== "starting";
    assert.ok(longestSilenceMs({ state, canStart }) > 2 * heartbeatMs, state);
  }
  assert.ok(longestSilenceMs(null) > 2 * heartbeatMs);
});

test("the loss of the master of an active load is noticed within a few seconds", () => {
  for (const state of ["running", "paused", "stopping"] as const) {
    assert.ok(longestSilenceMs({ state, canStart: false }) <= 5_000, state);
  }
});
