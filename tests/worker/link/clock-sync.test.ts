import assert from "node:assert/strict";
import { test } from "node:test";
import { ClockSync } from "../../../src/worker/link/clock-sync.ts";
import { monotonicMs } from "../../../src/worker/time/monotonic.ts";

test("eight probes at first, one after the other, and four every 15 s", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const asked: number[] = [];
  const known: number[] = [];
  const probes = new ClockSync({
    ask: (probe) => asked.push(probe),
    onKnown: (offsetMs) => known.push(offsetMs),
  });
  const answer = () => probes.answered(asked.at(-1) ?? 0, monotonicMs() + 1_000);
  probes.begin();
  assert.deepEqual(asked, [1]);
  for (let count = 0; count < 8; count++) {
    assert.equal(known.length, 0);
    answer();
  }
  assert.deepEqual([asked.length, known.length], [8, 1]);
  assert.ok(Math.abs((known[0] ?? 0) - 1_000) < 10, `${known[0]}`);
  t.mock.timers.tick(15_000);
  for (let count = 0; count < 4; count++) answer();
  answer();
  assert.deepEqual([asked.length, known.length], [12, 2]);
  t.mock.timers.tick(15_000);
  assert.equal(asked.length, 13);
  t.mock.timers.tick(30_000);
  assert.equal(asked.length, 13, "nobody answers, so no more are asked");
  probes.answered(7, 0);
  assert.equal(asked.length, 13, "an answer to another probe is none");
  answer();
  assert.equal(asked.length, 14);
  probes.end();
});
