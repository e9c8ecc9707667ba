import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { populationAt } from "../../../src/core/population/population.ts";
import { closed, iterations, open, shape } from "../../../src/index.ts";
import type { LoadControl } from "../../../src/master/load/load-control.ts";
import type { ClosedSpec, OpenSpec, ScenarioSpec } from "../../../src/protocol/scenario-spec.ts";
import type { LoadDefinition } from "../../../src/scenario/definition/define.ts";
import type { LoadProgress } from "../../../src/stats/interval-report.ts";
import { UserMoves } from "../../../src/worker/executors/user-moves.ts";
import { assertProperty } from "../../support/property.ts";
import { planOf, type SpecOf, sum, TestControl, usersOf } from "./control-fixture.ts";

const flat = closed({ users: 12, spawnRate: 4, duration: "10m" });
const closedOf = (specs: readonly ScenarioSpec[]) => specs.find((spec): spec is ClosedSpec => spec.kind === "closed");
const openOf = (specs: readonly ScenarioSpec[]) => specs.find((spec): spec is OpenSpec => spec.kind === "open");

/** Users of each worker that is there now. */
function shares(run: TestControl): number[][] {
  return run.control.workers.map((worker) => {
    const spec = closedOf(run.control.specsFor(worker));
    return spec === undefined ? [] : usersOf(spec);
  });
}

test("a worker that joins gets a fair share by the fewest moves, one after another by the spawn rate", () => {
  const run = new TestControl(flat);
  const before = shares(run);
  run.nowMs = 60_000;
  run.control.join(4);
  const after = shares(run);
  assert.deepEqual(
    after.map((share) => share.length),
    [3, 3, 3, 3],
  );
  const movers = after[3] ?? [];
  assert.equal(before.flat().filter((index) => movers.includes(index)).length, 3, "three users move, no more");
  const spec = closedOf(run.control.specsFor(4));
  assert.deepEqual(
    spec?.moved.map(([, atMs]) => atMs),
    [60_100, 60_350, 60_600],
  );
  assert.deepEqual(spec?.moved.map(([index]) => index).sort(), [...movers].sort());
  const leaving = [1, 2, 3].flatMap((worker) => closedOf(run.control.specsFor(worker))?.leaving ?? []);
  assert.deepEqual(leaving.sort(), [...(spec?.moved ?? [])].sort(), "each goes on where it is until it starts there");
});

test("a worker that joins when the load is over has no part in it, whatever the load", () => {
  const loads = [closed({ users: 12, spawnRate: 4, duration: "1m" }), open({ rate: 10, duration: "1m" })];
  for (const load of loads) {
    const run = new TestControl(load);
    run.nowMs = 60_001;
    run.control.join(4);
    assert.deepEqual(run.control.specsFor(4), []);
    assert.equal(run.control.userCountOf(4), 0);
  }
});

test("a worker that returns gets its share again; users that had not moved yet stay where they run", () => {
  const run = new TestControl(flat);
  run.nowMs = 60_000;
  run.control.leave(2);
  const orphans = [1, 3].flatMap((worker) => closedOf(run.control.specsFor(worker))?.moved ?? []);
  assert.deepEqual(
    orphans.map(([, atMs]) => atMs).sort((a, b) => a - b),
    [60_100, 60_350, 60_600, 60_850],
  );
  assert.equal(run.control.userCountOf(2), 4, "as it had when it went");
  run.nowMs = 60_010;
  run.control.join(2);
  assert.deepEqual(
    shares(run).map((share) => share.length),
    [4, 4, 4],
  );
  // It joins while the moves are under way: they go behind each other, never two at the same time.
  const times = [1, 2, 3].flatMap((worker) => closedOf(run.control.specsFor(worker))?.moved ?? []).map(([, at]) => at);
  assert.equal(new Set(times).size, times.length, String(times));
  assert.ok(Math.max(...times) <= 60_110 + 8 * 250, String(times));
});

test("arrivals of an open load: a joiner has its place from an agreed iteration on, and numbers of its own", () => {
  const run = new TestControl(open({ rate: 100, duration: "10m", maxUsers: 40 }), { workers: [1, 2] });
  run.nowMs = 10_000;
  run.control.join(7);
  const specs = [1, 2, 7].map((worker) => openOf(run.control.specsFor(worker)));
  assert.deepEqual(
    specs.map((spec) => [spec?.position, spec?.workerCount, spec?.firstIteration]),
    [
      [0, 3, 1_010],
      [1, 3, 1_010],
      [2, 3, 1_010],
    ],
  );
  assert.deepEqual(
    specs.map((spec) => spec?.maxUsers),
    [14, 13, 13],
  );
  const numbers = specs.flatMap((spec) =>
    Array.from({ length: 50 }, (_, k) => (spec?.indexOffset ?? 0) + k * (spec?.indexStep ?? 0)),
  );
  assert.equal(new Set(numbers).size, 150, "no two users have the same number");
});

test("all workers lost, then one is back: it does everything", () => {
  for (const load of [flat, open({ rate: 100, duration: "10m", maxUsers: 40 })]) {
    const run = new TestControl(load, { workers: [1, 2] });
    run.nowMs = 5_000;
    run.control.leave(1);
    assert.equal(run.control.leave(2), false, "nobody is left");
    run.nowMs = 9_000;
    run.control.join(2);
    const specs = run.control.specsFor(2);
    if (load === flat) assert.equal(usersOf(closedOf(specs) as ClosedSpec).length, 12);
    else assert.deepEqual([openOf(specs)?.workerCount, openOf(specs)?.firstIteration], [1, 910]);
  }
});

test("a worker that joins gets users of counted iterations, and what those give up once it is known", () => {
  for (const load of [iterations({ users: 9, total: 900 }), iterations({ users: 9, perUser: 100 })]) {
    const run = new TestControl(load, { workers: [1, 2] });
    const asked = run.control.leftOf(1, new Map());
    const given = asked - 90;
    const usersBefore = [1, 2].flatMap((worker) => usersOf(run.control.specsFor(worker)[0] as SpecOf<"iterations">));
    run.nowMs = 5_000;
    run.control.join(3);
    assert.deepEqual(run.control.specsFor(3), [], "nobody knows yet what the others can give up");
    const kept = [1, 2].map((worker) => usersOf(run.control.specsFor(worker)[0] as SpecOf<"iterations">));
    assert.deepEqual(
      kept.map(({ length }) => length),
      [3, 3],
    );
    const reports = (left: number): [number, LoadProgress[]][] => [
      [1, [{ scenario: 0, made: 10, late: 0, dropped: 0, asked: left }]],
    ];
    // A report from before the worker was told.
    run.control.tick(reports(asked));
    assert.equal(run.control.isPassingOn(reports(asked)), false);
    assert.equal(run.control.isPassingOn(reports(given)), true);
    run.control.tick(reports(given));
    assert.equal(run.control.isPassingOn(reports(given)), false);
    run.control.tick(reports(given));
    const [part, ...more] = run.control.specsFor(3) as SpecOf<"iterations">[];
    assert.ok(part !== undefined && more.length === 0);
    assert.deepEqual([part.total, part.startMs], [asked - given, 5_100]);
    const moved = usersBefore.filter((index) => !kept.flat().includes(index));
    assert.ok(usersOf(part).every((index) => moved.includes(index)));
    // A master that is restarted has assigned the same.
    assert.deepEqual(run.resumed().specsFor(3), run.control.specsFor(3));
    assert.equal(run.control.leftOf(1, new Map([[0, 10]])), given - 10);
    // What the joiner has not done goes to the others when it leaves.
    run.nowMs = 9_000;
    assert.equal(run.control.leave(3, new Map([[part.id, 20]])), true);
    const rest = [1, 2].map((worker) => (run.control.specsFor(worker)[1] as SpecOf<"iterations">).total ?? 0);
    assert.equal(sum(rest), asked - given - 20);
  }
});

test("two workers that join one after the other get all that the others give up, whenever these report", () => {
  for (const between of [600, 1_200]) {
    const run = new TestControl(iterations({ users: 12, total: 1_200 }), { workers: [1] });
    const report = (asked: number) => run.control.tick([[1, [{ scenario: 0, made: 0, late: 0, dropped: 0, asked }]]]);
    run.control.join(2);
    run.control.join(3);
    // The worker has reported before or after it was told of the second worker.
    for (const asked of [between, 600, 400, 400]) report(asked);
    const parts = [1, 2, 3].map((worker) => partsOf(run, worker));
    assert.deepEqual(
      parts.map((own) => [sum(own.map(({ share }) => share)), own.flatMap(({ users }) => users).length]),
      [
        [400, 4],
        [400, 4],
        [400, 4],
      ],
    );
    for (const worker of [1, 2, 3]) assert.deepEqual(run.resumed().specsFor(worker), run.control.specsFor(worker));
  }
});

test("a worker that starts nothing new: others take its arrivals and users at once, and counted iterations when it has left", () => {
  const arrivals = new TestControl(open({ rate: 100, duration: "10m" }), { workers: [1, 2] });
  arrivals.nowMs = 5_000;
  arrivals.control.retire(1);
  assert.deepEqual(arrivals.control.specsFor(1), []);
  assert.deepEqual([openOf(arrivals.control.specsFor(2))?.workerCount, arrivals.control.workers], [1, [1, 2]]);
  // The last one keeps its part: nobody could take it over.
  arrivals.control.retire(2);
  assert.equal(openOf(arrivals.control.specsFor(2))?.workerCount, 1);
  assert.equal(arrivals.control.leave(1), true);
  assert.equal(arrivals.control.leave(2), false);
  assert.deepEqual(arrivals.resumed().specsFor(2), arrivals.control.specsFor(2));

  const users = new TestControl(flat);
  users.nowMs = 60_000;
  users.control.retire(2);
  assert.deepEqual(
    [1, 3].map((worker) => usersOf(closedOf(users.control.specsFor(worker)) as ClosedSpec).length),
    [6, 6],
  );
  assert.equal(users.control.userCountOf(2), 4, "as it had when it began to leave");
  assert.equal(users.control.leave(2), true);
  assert.deepEqual(
    shares(users).map((share) => share.length),
    [6, 6],
  );

  const counted = new TestControl(iterations({ users: 4, total: 100 }), { workers: [1, 2] });
  counted.control.retire(1);
  assert.equal(counted.control.specsFor(2).length, 1);
  assert.equal(counted.control.leave(1, new Map([[0, 30]])), true);
  assert.equal(counted.control.specsFor(2).length, 2);
});

test("a worker of an open load that found no user takes part when another leaves", () => {
  const run = new TestControl(open({ rate: 100, duration: "10m", maxUsers: 2 }), { workers: [1, 2] });
  run.nowMs = 5_000;
  run.control.join(3);
  assert.deepEqual(run.control.specsFor(3), []);
  run.nowMs = 9_000;
  run.control.leave(1);
  assert.deepEqual(
    [openOf(run.control.specsFor(3))?.workerCount, openOf(run.control.specsFor(3))?.firstIteration],
    [2, 910],
  );
});

test("a worker of an open load that found no user takes part as soon as the only one that has some begins to leave", () => {
  const run = new TestControl(open({ rate: 100, duration: "10m", maxUsers: 1 }), { workers: [1, 2] });
  run.nowMs = 5_000;
  run.control.retire(1);
  assert.deepEqual(
    [1, 2].map((worker) => openOf(run.control.specsFor(worker))?.firstIteration),
    [undefined, 510],
  );
});

test("a joiner has no part in counted iterations, until somebody leaves some behind", () => {
  const run = new TestControl(iterations({ users: 4, total: 100 }), { workers: [1, 2] });
  run.control.join(3);
  assert.deepEqual(run.control.specsFor(3), []);
  run.nowMs = 5_000;
  assert.equal(run.control.leave(1, new Map([[0, 30]])), true);
  const [part] = run.control.specsFor(3);
  assert.ok(part?.kind === "iterations");
  assert.deepEqual([part.total, part.startMs, usersOf(part).length], [10, 5_100, 1]);
});

test("property: whatever workers have completed when they go, the parts of those that are left make up the total", () => {
  const goers = fc.array(fc.tuple(fc.nat(7), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 7 });
  const load = fc.oneof(
    fc.record({ users: fc.integer({ min: 1, max: 30 }), total: fc.nat(200) }),
    fc.record({ users: fc.integer({ min: 1, max: 30 }), perUser: fc.integer({ min: 1, max: 9 }) }),
  );
  assertProperty(
    fc.property(load, fc.integer({ min: 1, max: 6 }), goers, fc.boolean(), (asked, workerCount, leavers, isPaused) => {
      const total = "total" in asked ? asked.total : asked.users * asked.perUser;
      const workers = Array.from({ length: workerCount }, (_, position) => position + 1);
      const run = new TestControl(iterations(asked), { workers });
      if (isPaused) run.control.pause();
      let completed = 0;
      for (const [which, part] of leavers) {
        const { workers: left } = run.control;
        const goer = left[which % left.length];
        if (goer === undefined || left.length === 1) break;
        run.nowMs += 1_000;
        const done = new Map(partsOf(run, goer).map(({ id, share }) => [id, Math.floor(part * share)]));
        assert.equal(
          run.control.leftOf(goer, done),
          sum(partsOf(run, goer).map(({ share }) => share)) - sum([...done.values()]),
        );
        assert.equal(run.control.leave(goer, done), true);
        completed += sum([...done.values()]);
        assert.equal(run.control.leftOf(goer, done), 0);
        // Should it come back: it begins no more than it has completed.
        for (const { id, share } of partsOf(run, goer)) assert.equal(share, done.get(id));
      }
      const parts = run.control.workers.flatMap((worker) => partsOf(run, worker));
      assert.equal(completed + sum(parts.map(({ share }) => share)), total);
      const users = parts.flatMap((one) => one.users);
      assert.equal(new Set(users).size, users.length, "no user is on two workers");
      assert.ok(
        parts.every(({ share, users: own }) => share === 0 || own.length > 0),
        "somebody runs each",
      );
      const resumed = run.resumed();
      for (const worker of run.control.workers)
        assert.deepEqual(resumed.specsFor(worker), run.control.specsFor(worker));
    }),
  );
});

function partsOf(run: TestControl, worker: number) {
  return run.control.specsFor(worker).flatMap((spec) => {
    if (spec.kind !== "iterations") return [];
    const users = usersOf(spec);
    return [{ id: spec.id, users, share: spec.total ?? users.length * (spec.perUser ?? 0) }];
  });
}

test("users that go after a worker has left leave the others uneven; within a second they are even again", () => {
  const run = new TestControl(closed({ users: 60, spawnRate: 60, duration: "10m" }), { workers: [1, 2, 3, 4] });
  const counts = (atMs: number) =>
    run.control.workers.map((worker) => {
      const spec = closedOf(run.control.specsFor(worker)) as ClosedSpec;
      const population = populationAt(planOf(spec), atMs);
      return usersOf(spec).filter((index) => index < population).length;
    });
  run.nowMs = 60_000;
  for (const worker of [4, 3]) run.control.leave(worker);
  run.control.changeUsers(7, Number.POSITIVE_INFINITY);
  run.nowMs += 1_000;
  run.control.tick();
  assert.deepEqual(counts(run.nowMs + 200).sort(), [3, 4]);
});

test("users that were still to move when the load fell run on one worker each when it rises after another worker has joined", () => {
  const run = new TestControl(closed({ users: 100, spawnRate: 1, duration: "10m" }), { workers: [1, 2] });
  run.nowMs = 200_000;
  run.control.join(3);
  run.nowMs += 1_000;
  run.control.changeUsers(10, Number.POSITIVE_INFINITY);
  run.nowMs += 1_000;
  run.control.join(4);
  run.nowMs += 1_000;
  run.control.changeUsers(100, Number.POSITIVE_INFINITY);
  const atMs = run.nowMs + 1_000;
  const running = run.control.workers.flatMap((worker) => {
    const spec = closedOf(run.control.specsFor(worker)) as ClosedSpec;
    const moves = new UserMoves(usersOf(spec), spec);
    return moves.indexes.filter((index) => moves.isHere(index, atMs));
  });
  assert.deepEqual(
    running.sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, index) => index),
  );
});

type Step =
  | { readonly kind: "leave" | "join"; readonly worker: number }
  | { readonly kind: "users" | "rate"; readonly target: number }
  | { readonly kind: "pause" | "resume" | "tick" };

function take(control: LoadControl, step: Step): void {
  switch (step.kind) {
    case "leave":
      if (control.workers.includes(step.worker)) control.leave(step.worker);
      return;
    case "join":
      control.join(step.worker);
      return;
    case "users":
      control.changeUsers(step.target);
      return;
    case "rate":
      control.changeRate(step.target);
      return;
    default:
      control[step.kind]();
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("leave", "join"), worker: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constantFrom("users", "rate"), target: fc.nat(60) }),
  fc.record({ kind: fc.constantFrom("pause", "resume", "tick") }),
);

const loads: readonly LoadDefinition[] = [
  flat,
  open({ rate: 50, duration: "10m", maxUsers: 20 }),
  shape((second) => (second > 500 ? null : { users: 10 + (second % 7), spawnRate: 3 })),
  {
    one: { load: closed({ stages: [{ duration: "5m", target: 30 }] }) },
    two: { load: open({ rate: 20, duration: "8m", maxUsers: 9 }), startAfter: "3s" },
    three: { load: iterations({ users: 3, perUser: 5 }) },
  },
];

test("property: a master restarted at any point knows what the previous one had sent to each worker", () => {
  assertProperty(
    fc.property(
      fc.nat(loads.length - 1),
      fc.array(fc.tuple(step, fc.integer({ min: 1, max: 40_000 })), { maxLength: 12 }),
      (which, steps) => {
        const run = new TestControl(loads[which] as LoadDefinition);
        for (const [next, waitMs] of steps) {
          run.nowMs += waitMs;
          take(run.control, next);
        }
        const resumed = run.resumed();
        assert.deepEqual([...resumed.workers], [...run.control.workers]);
        assert.deepEqual([resumed.endMs, resumed.isPaused], [run.control.endMs, run.control.isPaused]);
        for (const worker of resumed.workers) {
          assert.deepEqual(resumed.specsFor(worker), run.control.specsFor(worker));
        }
      },
    ),
  );
});

test("property: as workers join and leave, every user has exactly one worker, and totals differ by at most 1", () => {
  assertProperty(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9), fc.nat(20_000)), { maxLength: 10 }), (changes) => {
      const run = new TestControl(flat, { workers: [1, 2, 3] });
      run.nowMs = 30_000;
      let next = 4;
      for (const [isJoin, which, waitMs] of changes) {
        run.nowMs += waitMs;
        const { workers } = run.control;
        if (isJoin) run.control.join(next++);
        else if (workers.length > 1) run.control.leave(workers[which % workers.length] as number);
      }
      const owned = shares(run);
      const sizes = owned.map((share) => share.length);
      assert.deepEqual(
        owned.flat().sort((a, b) => a - b),
        Array.from({ length: 12 }, (_, index) => index),
      );
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, String(sizes));
      const moved = run.control.workers.flatMap((worker) => closedOf(run.control.specsFor(worker))?.moved ?? []);
      assert.equal(new Set(moved.map(([index]) => index)).size, moved.length, "nobody arrives twice");
    }),
  );
});
