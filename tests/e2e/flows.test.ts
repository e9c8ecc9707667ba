import assert from "node:assert/strict";
import { test } from "node:test";
import { deepTest } from "../support/depth.ts";
import { fixture } from "../support/fixture.ts";
import { HitServer } from "../support/hit-server.ts";
import { completedRun } from "../support/muster-process.ts";

test("users of three workers meet before each request, and the test ends the run", async (t) => {
  const server = await HitServer.start(t);
  const { code, result } = await completedRun(t, [fixture("meeting"), `--host=${server.url}`, "--workers=3"]);
  assert.deepEqual([code, result.verdict, result.reasons], [0, "passed", []]);
  const waves = [...(await server.hits())].sort(([a], [b]) => Number(a) - Number(b)).map(([, times]) => times);
  assert.deepEqual(
    waves.map(({ length }) => length),
    [6, 6, 6, 6, 6],
    "nobody went on alone",
  );
  for (const [wave, times] of waves.entries()) {
    const earlier = waves[wave - 1] ?? [0];
    assert.ok(Math.min(...times) >= Math.max(...earlier), `wave ${wave} began after the one before`);
  }
  const stopped = result.events.find(({ kind }) => kind === "stopped-by-test");
  assert.equal(stopped?.text, "the test stopped the run: five waves are enough (user 0 of User)");
  assert.ok(result.run.durationMs < 60_000);
  assert.deepEqual(result.errors, []);
});

deepTest("a run that the test stops as failed has failed for that reason", async (t) => {
  const server = await HitServer.start(t);
  const words = [fixture("meeting"), `--host=${server.url}`, "--workers=2", "--profile=failing"];
  const { code, result } = await completedRun(t, words);
  assert.deepEqual([code, result.verdict], [99, "failed"]);
  assert.deepEqual(result.reasons, ["the test stopped the run: five waves are enough"]);
});
