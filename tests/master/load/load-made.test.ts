import assert from "node:assert/strict";
import { test } from "node:test";
import { isTooMuch, missingOf, type ScenarioLoad } from "../../../src/analysis/load/scenario-load.ts";
import { closed, iterations, open, shape } from "../../../src/index.ts";
import { loadOf } from "../../../src/master/load/load-made.ts";
import type { MissingReports } from "../../../src/master/record/ledger.ts";
import type { LoadProgress } from "../../../src/stats/interval-report.ts";
import { TestControl } from "./control-fixture.ts";

type Made = Partial<LoadProgress> & { readonly made: number };

interface SoFar {
  readonly untilMs: number;
  readonly isOver?: boolean;
  readonly missing?: readonly MissingReports[];
}

/** The load of the run when each worker has reported `made`. */
function soFar(run: TestControl, made: readonly (readonly Made[])[], { untilMs, isOver = true, missing = [] }: SoFar) {
  const workers = made.map((some) => {
    const load = some.map((one) => ({ scenario: 0, late: 0, dropped: 0, asked: 0, ...one }));
    return { state: { hasStarted: true, load } };
  });
  return loadOf(run.control.scenarios, { untilMs, isOver, workers, ledger: { missing } });
}

const figures = (load: readonly ScenarioLoad[]) => load.map(({ planned, made }) => [planned, made]);

test("arrivals: what all workers made against what was due, as the plan was steered", () => {
  const run = new TestControl(open({ rate: 100, duration: "20s" }));
  assert.deepEqual(figures(soFar(run, [[{ made: 300 }], [{ made: 300 }]], { untilMs: 6_000 })), [[600, 600]]);
  run.nowMs = 9_900;
  run.control.changeRate(10);
  const ended = soFar(run, [[{ made: 500, late: 3 }], [{ made: 500, dropped: 90 }]], { untilMs: 20_000 });
  assert.deepEqual(
    ended.map(({ planned, made, late, dropped }) => [planned, made, late, dropped]),
    [[1_100, 1_000, 3, 90]],
  );
});

test("a pause plans nothing", () => {
  const run = new TestControl(open({ rate: 100, duration: "20s" }));
  run.nowMs = 4_900;
  run.control.pause();
  assert.deepEqual(figures(soFar(run, [[{ made: 500 }]], { untilMs: 60_000, isOver: false })), [[500, 500]]);
  run.nowMs = 59_900;
  run.control.resume();
  assert.deepEqual(figures(soFar(run, [[{ made: 2_000 }]], { untilMs: 75_000 })), [[2_000, 2_000]]);
});

test("users over time are counted in seconds of users", () => {
  const run = new TestControl(closed({ users: 10, spawnRate: 1_000, duration: "30s" }));
  const [load] = soFar(run, [[{ made: 100_000 }], [{ made: 99_950 }]], { untilMs: 20_000 });
  assert.equal(load?.unit, "userSeconds");
  assert.ok(Math.abs((load?.planned ?? 0) - 199.955) < 0.01, `${load?.planned}`);
  assert.equal(load?.made, 199.95);
});

test("counted iterations have no time by which they are to be made, until their load is over", () => {
  const run = new TestControl(iterations({ users: 4, total: 100 }));
  assert.deepEqual(figures(soFar(run, [[{ made: 20 }]], { untilMs: 5_000, isOver: false })), [[20, 20]]);
  assert.deepEqual(figures(soFar(run, [[{ made: 20 }]], { untilMs: 5_000 })), [[100, 20]]);
});

test("a shape counts all that its answers asked for, though the plan forgets its past", () => {
  const run = new TestControl(shape((seconds) => ({ users: seconds < 30 ? 10 : 2, spawnRate: 1_000_000 })));
  for (; run.nowMs < 60_000; run.nowMs += 1_000) run.control.tick();
  const [load] = soFar(run, [], { untilMs: 60_000, isOver: false });
  assert.ok(Math.abs((load?.planned ?? 0) - (30 * 10 + 30 * 2)) < 3, `${load?.planned}`);
});

test("several scenarios are distinguished by name", () => {
  const users = closed({ users: 2, spawnRate: 1_000_000, duration: "10s" });
  const run = new TestControl({
    people: { load: users },
    hooks: { load: open({ rate: 5, duration: "10s" }) },
  });
  const load = soFar(run, [[{ made: 20_000 }, { scenario: 1, made: 30 }]], { untilMs: 10_000 });
  assert.deepEqual(
    load.map(({ scenario, planned, made }) => [scenario, Math.round(planned), made]),
    [
      ["people", 20, 20],
      ["hooks", 50, 30],
    ],
  );
});

test("the length of a load of users is that of its scenario, without pauses", () => {
  const users = closed({ users: 10, spawnRate: 1_000_000, duration: "5s" });
  const late = { load: users, startAfter: "10s" };
  const run = new TestControl({ late, hooks: { load: open({ rate: 5, duration: "100s" }) } });
  const [load] = soFar(run, [[{ made: 47_000 }]], { untilMs: 100_000 });
  assert.ok(load !== undefined && Math.abs(load.seconds - 5) <= 1, `${load?.seconds}`);
  assert.ok(!isTooMuch(missingOf(load), load), "a third of a second of its users");
  const paused = new TestControl(closed({ users: 10, spawnRate: 1_000_000, duration: "20s" }));
  paused.nowMs = 4_900;
  paused.control.pause();
  paused.nowMs = 59_900;
  paused.control.resume();
  const [resumed] = soFar(paused, [[{ made: 190_000 }]], { untilMs: 75_000 });
  assert.ok(Math.abs((resumed?.seconds ?? 0) - 20) <= 2, `${resumed?.seconds}`);
  const shaped = new TestControl(shape(() => ({ users: 10, spawnRate: 1_000_000 })));
  for (; shaped.nowMs < 60_000; shaped.nowMs += 1_000) shaped.control.tick();
  const [whole] = soFar(shaped, [], { untilMs: 60_000, isOver: false });
  assert.ok(Math.abs((whole?.seconds ?? 0) - 60) <= 2, `${whole?.seconds}`);
});

test("the second that a lost worker did not report may have been made; what came after was not", () => {
  const run = new TestControl(open({ rate: 100, duration: "20s" }), { workers: [1, 2] });
  const missing = [{ worker: 2, firstSequence: 3, lastSequence: null, fromMs: 2_000, toMs: 12_000 }];
  run.nowMs = 12_000;
  run.control.leave(2);
  const [load] = soFar(run, [[{ made: 1_395 }], [{ made: 100 }]], { untilMs: 20_000, missing });
  assert.equal(load?.unreported, 50);
  assert.ok(load !== undefined && isTooMuch(missingOf(load), load), JSON.stringify(load));
  assert.equal(missingOf(load), 2_000 - 1_495 - 50);
});

test("a worker that is lost while the load is paused leaves nothing behind, and the others make the rest", () => {
  const run = new TestControl(open({ rate: 100, duration: "20s" }), { workers: [1, 2] });
  run.nowMs = 4_900;
  run.control.pause();
  run.nowMs = 20_000;
  run.control.leave(2);
  run.nowMs = 29_900;
  run.control.resume();
  const missing = [{ worker: 2, firstSequence: 9, lastSequence: null, fromMs: 9_000, toMs: 20_000 }];
  const [load] = soFar(run, [[{ made: 1_750 }], [{ made: 250 }]], { untilMs: 45_000, missing });
  assert.ok(load !== undefined);
  assert.deepEqual([load.planned, load.made, load.unreported, missingOf(load)], [2_000, 2_000, 0, 0]);
});
