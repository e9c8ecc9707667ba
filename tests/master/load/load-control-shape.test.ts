import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { valueAt } from "../../../src/core/plan/plan.ts";
import { shape } from "../../../src/index.ts";
import type { ShapeTarget } from "../../../src/scenario/definition/load.ts";
import { assertProperty } from "../../support/property.ts";
import { planOf, TestControl, usersOf } from "./control-fixture.ts";

const leadMs = 100;
const plannedAt = (run: TestControl, atMs: number, id = 0) => {
  const [spec] = run.byWorker("closed", id);
  return spec === undefined ? Number.NaN : valueAt(planOf(spec), atMs);
};

/** A run whose shape answers what `answer` says. */
function shaped(answer: (second: number) => ShapeTarget | null, overrides = {}) {
  const asked: number[] = [];
  const load = shape((second) => {
    asked.push(second);
    return answer(second);
  });
  return { run: new TestControl(load, { overrides }), asked };
}

test("the function is asked with the seconds and the statistics; its first answer is in the first specifications", () => {
  const seen: unknown[] = [];
  const statistics = {
    users: 3,
    requests: 9,
    failures: 1,
    requestsPerSecond: 2,
    failuresPerSecond: 0,
    p50Ms: 1,
    p95Ms: 2,
    p99Ms: 3,
  };
  const load = shape((second, given) => {
    seen.push([second, given]);
    return { users: 6, spawnRate: 2 };
  });
  const run = new TestControl(load, { statistics: () => statistics });
  assert.deepEqual(
    [0, 1_000, 3_000, 9_000].map((atMs) => plannedAt(run, atMs)),
    [0, 2, 6, 6],
  );
  assert.equal(run.control.endMs, Number.POSITIVE_INFINITY);
  run.nowMs = 1_000;
  run.control.tick();
  assert.deepEqual(seen, [
    [0, statistics],
    [1, statistics],
  ]);
});

test("while the answer is the same and there, nothing is sent", () => {
  const { run, asked } = shaped(() => ({ users: 4, spawnRate: 4 }));
  for (run.nowMs = 2_000; run.nowMs < 9_000; run.nowMs += 1_000) run.control.tick();
  assert.deepEqual([run.sent, asked.length], [[], 8]);
});

test("each worker gets its users when the answer grows, and is sent at most one message a second", () => {
  const { run } = shaped((second) => ({ users: second >= 1 ? 30 : 3, spawnRate: Number.POSITIVE_INFINITY }));
  run.nowMs = 1_000;
  run.control.tick();
  assert.deepEqual(
    run.sent.map(([worker]) => worker),
    [1, 2, 3],
  );
  const shares = run.byWorker("closed").map(usersOf);
  assert.deepEqual(
    shares.flat().sort((a, b) => a - b),
    Array.from({ length: 30 }, (_, index) => index),
  );
  assert.equal(plannedAt(run, 1_100), 30);
});

test("a staircase that climbs as fast as it is asked to never lets its users go in between", () => {
  const { run } = shaped((second) => ({ users: Math.round(second) * 10, spawnRate: 10 }));
  for (let tick = 1; tick <= 6; tick++) {
    const nowMs = tick * 1_000 + 0.4;
    const before = [nowMs, nowMs + 50, nowMs + leadMs].map((atMs) => plannedAt(run, atMs));
    run.nowMs = nowMs;
    run.control.tick();
    const after = [nowMs, nowMs + 50, nowMs + leadMs].map((atMs) => plannedAt(run, atMs));
    assert.deepEqual(after, before, `what was planned for the next ${leadMs} ms at ${nowMs} ms`);
  }
});

test("property: an answer bends the plan from its moment on: no jump, nothing faster than asked, nothing before it", () => {
  const answer = fc.record({ users: fc.nat(50), spawnRate: fc.integer({ min: 1, max: 60 }) });
  assertProperty(
    fc.property(fc.array(answer, { minLength: 1, maxLength: 12 }), fc.nat(90), (answers, jitterMs) => {
      const { run } = shaped((second) => answers[Math.min(Math.floor(second), answers.length - 1)] ?? null);
      for (let tick = 1; tick < answers.length; tick++) {
        const nowMs = tick * 1_000 + ((tick * jitterMs) % 97);
        const samples = Array.from({ length: 11 }, (_, step) => nowMs + step * (leadMs / 10));
        const before = samples.map((atMs) => plannedAt(run, atMs));
        run.nowMs = nowMs;
        run.control.tick();
        samples.forEach((atMs, step) => {
          assert.ok(
            Math.abs(plannedAt(run, atMs) - (before[step] ?? 0)) < 1e-6,
            `${atMs} ms after the tick at ${nowMs}`,
          );
        });
        const { users = 0, spawnRate = 0 } = answers[Math.floor(nowMs / 1_000)] ?? {};
        const from = plannedAt(run, nowMs + leadMs);
        for (const laterMs of [10, 500, 1_000, 60_000]) {
          const reach = Math.min(Math.abs(users - from), (spawnRate * laterMs) / 1_000);
          const expected = from + Math.sign(users - from) * reach;
          assert.ok(Math.abs(plannedAt(run, nowMs + leadMs + laterMs) - expected) < 1e-6);
        }
      }
    }),
  );
});

test("null ends the load, once", () => {
  const { run, asked } = shaped((second) => (second < 2 ? { users: 5, spawnRate: 5 } : null));
  for (const nowMs of [1_000, 2_000, 3_000]) {
    run.nowMs = nowMs;
    run.control.tick();
  }
  assert.equal(run.control.endMs, 2_100);
  assert.deepEqual(
    run.byWorker("closed").map(({ endMs }) => endMs),
    [2_100, 2_100, 2_100],
  );
  assert.deepEqual(run.eventTexts, ["2000 shape-ended: the shape function ended the load"]);
  assert.equal(asked.length, 3, "it is not asked again");
});

test("a run time ends it, too, without asking; a delay is not in its seconds", () => {
  const { run, asked } = shaped(() => ({ users: 5, spawnRate: 5 }), { runTimeMs: 1_500 });
  assert.equal(run.control.endMs, 1_500);
  run.nowMs = 2_000;
  run.control.tick();
  assert.deepEqual([run.control.endMs, asked, run.eventTexts], [1_500, [0], []]);
  const late: number[] = [];
  const wave = shape((second) => {
    late.push(second);
    return { users: 1, spawnRate: 1 };
  });
  const delayed = new TestControl({ wave: { load: wave, startAfter: "5s" } });
  for (const nowMs of [1_000, 4_000, 5_000, 6_500]) {
    delayed.nowMs = nowMs;
    delayed.control.tick();
  }
  assert.deepEqual(late, [0, 1.5]);
});

test("a paused shape is not asked: its seconds and its users go on afterwards where they stood", () => {
  const { run, asked } = shaped((second) => ({ users: second < 10 ? 5 : 8, spawnRate: 5 }), { runTimeMs: 60_000 });
  run.nowMs = 8_000;
  run.control.tick();
  assert.equal(run.control.pause().kind, "changed");
  for (run.nowMs = 9_000; run.nowMs < 48_000; run.nowMs += 1_000) run.control.tick();
  assert.deepEqual(
    [8_050, 8_100, 30_000].map((atMs) => plannedAt(run, atMs)),
    [5, 0, 0],
  );
  assert.equal(run.control.endMs, Number.POSITIVE_INFINITY);
  assert.equal(run.control.resume().kind, "changed");
  assert.deepEqual(
    [48_100, 48_600, 49_100].map((atMs) => plannedAt(run, atMs)),
    [0, 2.5, 5],
  );
  run.nowMs = 50_500;
  run.control.tick();
  assert.deepEqual(asked, [0, 8, 10.5]);
  assert.equal(plannedAt(run, 60_000), 8);
  // Forty seconds of pause, and one second until all were back.
  assert.equal(run.control.endMs, 101_000);
  assert.deepEqual(run.eventTexts, ["8000 paused: the load was paused", "48000 resumed: the load was resumed"]);
});

test("a shape has load before it changes, however much of its past is forgotten", () => {
  const { run } = shaped((second) => ({ users: second < 60 ? 20 : 10, spawnRate: 2 }));
  for (run.nowMs = 0; run.nowMs < 90_000; run.nowMs += 1_000) run.control.tick();
  assert.deepEqual(
    run.control.scenarios.map(({ idle }) => idle),
    [[]],
  );
});

test("users return by the spawn rate of the function after a pause, and when a worker has left, also if it removed users last", () => {
  const { run } = shaped((second) => ({ users: second < 30 ? 20 : 10, spawnRate: 2 }));
  for (run.nowMs = 0; run.nowMs < 60_000; run.nowMs += 1_000) run.control.tick();
  run.control.pause();
  run.nowMs = 70_000;
  run.control.resume();
  assert.deepEqual(
    [70_100, 71_100, 75_100, 90_000].map((atMs) => Math.round(plannedAt(run, atMs))),
    [0, 2, 10, 10],
  );
  run.nowMs = 90_000;
  run.control.leave(3);
  const moved = run.byWorker("closed").flatMap((spec) => spec.moved);
  const timesMs = moved.map(([, atMs]) => atMs).sort((a, b) => a - b);
  assert.deepEqual(
    timesMs,
    timesMs.map((_, position) => 90_100 + position * 500),
  );
  assert.ok(timesMs.length >= 3, `${timesMs.length}`);
});

test("a generation that others have taken the place of ends on every worker", () => {
  const { run } = shaped((second) => ({ users: 8, spawnRate: 4, ...(second < 5 ? {} : { classes: { b: 1 } }) }));
  run.nowMs = 5_000;
  run.control.tick();
  assert.deepEqual(
    run.byWorker("closed", 0).map(({ endMs }) => endMs),
    [7_100, 7_100, 7_100],
  );
  assert.deepEqual(
    run.byWorker("closed", 1).map(({ endMs }) => endMs),
    [null, null, null],
  );
  assert.equal(run.control.endMs, Number.POSITIVE_INFINITY);
});

test("other classes: those who are there leave by the spawn rate while those of a new generation come", () => {
  const { run } = shaped((second) => ({ users: 8, spawnRate: 4, ...(second < 5 ? {} : { classes: { b: 1 } }) }));
  run.nowMs = 5_000;
  run.control.tick();
  const [old] = run.byWorker("closed", 0);
  const fresh = run.byWorker("closed", 1);
  assert.deepEqual(old?.classes, [{ weight: 2 }, { weight: 1 }]);
  for (const { classes } of fresh) assert.deepEqual(classes, [{ weight: 0 }, { weight: 1 }]);
  const both = (atMs: number) => [plannedAt(run, atMs, 0), plannedAt(run, atMs, 1)];
  assert.deepEqual([5_100, 6_100, 7_100, 9_000].map(both), [
    [8, 0],
    [4, 4],
    [0, 8],
    [0, 8],
  ]);
  const numbers = [0, 1].flatMap((id) =>
    run
      .byWorker("closed", id)
      .flatMap((spec) => usersOf(spec).map((index) => spec.indexOffset + index * spec.indexStep)),
  );
  assert.equal(new Set(numbers).size, 16, "nobody has another's number");
  const sent = run.sent.length;
  run.nowMs = 9_000;
  run.control.tick();
  assert.equal(run.sent.length, sent, "the same classes again are no change");
});

test("when all workers are leaving, the last one has the users of a new generation", () => {
  const { run } = shaped((second) => ({ users: 6, spawnRate: 3, ...(second < 10 ? {} : { classes: { b: 1 } }) }));
  run.nowMs = 5_000;
  for (const worker of run.workers) run.control.retire(worker);
  run.nowMs = 10_000;
  run.control.tick();
  const specs = run.control.specsFor(3).filter((spec) => spec.kind === "closed");
  assert.deepEqual(
    specs.map((spec) => usersOf(spec).length),
    [6, 6],
  );
});

test("an unknown class is refused with the nearest; what the function throws comes through", () => {
  const unknown = shaped((second) => ({ users: 1, spawnRate: 1, ...(second > 0 ? { classes: { bb: 1 } } : {}) }));
  unknown.run.nowMs = 1_000;
  assert.throws(
    () => unknown.run.control.tick(),
    (error) => error instanceof ConfigurationError && /unknown user class "bb"/.test(error.message),
  );
  const throwing = shaped((second) => (second > 0 ? assert.fail("no idea") : { users: 1, spawnRate: 1 }));
  throwing.run.nowMs = 1_000;
  assert.throws(() => throwing.run.control.tick(), /no idea/);
});
