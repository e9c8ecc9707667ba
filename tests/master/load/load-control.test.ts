import assert from "node:assert/strict";
import { test } from "node:test";
import { valueAt } from "../../../src/core/plan/plan.ts";
import { steeredLine } from "../../../src/core/plan/steered-line.ts";
import { closed, iterations, open, shape } from "../../../src/index.ts";
import { storedSteering } from "../../../src/report/result/stored-run-data.ts";
import { planOf, TestControl } from "./control-fixture.ts";

const ramp = closed({ users: 50, spawnRate: 5, duration: "2m" });
const arrivals = open({ rate: 20, duration: "2m" });

/** The planned value at a moment, of which all workers know the same. */
function planned(run: TestControl, kind: "closed" | "open", atMs: number, id = 0): number {
  const values = run.byWorker(kind, id).map((spec) => valueAt(planOf(spec), atMs));
  assert.equal(new Set(values).size, 1);
  return values[0] ?? Number.NaN;
}

test("users are changed from a moment on that every worker learns in time, by the plan's spawn rate", () => {
  const run = new TestControl(ramp);
  run.nowMs = 30_000;
  assert.equal(run.control.changeUsers(60).kind, "changed");
  assert.deepEqual(
    run.sent.map(([worker]) => worker),
    [1, 2, 3],
  );
  assert.deepEqual(
    [30_000, 30_100, 31_100, 32_100, 60_000].map((atMs) => planned(run, "closed", atMs)),
    [50, 50, 55, 60, 60],
  );
  assert.equal(run.control.endMs, 120_000, "the end stays");
  assert.deepEqual(run.eventTexts, ["30000 users-changed: users set to 60"]);
});

test("users are whole and not below 0, and a spawn rate may be given", () => {
  const run = new TestControl(ramp);
  run.nowMs = 30_000;
  run.control.changeUsers(12.6, Number.POSITIVE_INFINITY);
  assert.equal(planned(run, "closed", 30_100), 13);
  run.control.changeUsers(-5, 1);
  assert.equal(planned(run, "closed", 31_100), 12);
  assert.equal(planned(run, "closed", 60_000), 0);
});

test("a rate is changed at once", () => {
  const run = new TestControl(arrivals);
  run.nowMs = 30_000.4;
  assert.equal(run.control.changeRate(7.5).kind, "changed");
  assert.deepEqual(
    [30_100, 30_101, 90_000].map((atMs) => planned(run, "open", atMs)),
    [20, 7.5, 7.5],
  );
  run.control.changeRate(-1);
  assert.equal(planned(run, "open", 90_000), 0);
  assert.deepEqual(run.eventTexts, [
    "30000 rate-changed: arrival rate set to 7.5/s",
    "30000 rate-changed: arrival rate set to 0/s",
  ]);
});

test("users and a rate can be changed evenly within a time, from wherever they stand", () => {
  const users = new TestControl(ramp);
  users.nowMs = 4_900;
  assert.equal(users.control.rampUsers(5, 10_000).kind, "changed");
  assert.deepEqual(
    [5_000, 10_000, 15_000, 60_000].map((atMs) => planned(users, "closed", atMs)),
    [25, 15, 5, 5],
  );
  users.nowMs = 59_900;
  users.control.rampUsers(8, 0);
  assert.deepEqual(
    [59_999, 60_000].map((atMs) => planned(users, "closed", atMs)),
    [5, 8],
  );
  users.control.rampUsers(13, null);
  assert.equal(planned(users, "closed", 60_500), 10.5);

  const rate = new TestControl(arrivals);
  rate.nowMs = 9_900;
  assert.equal(rate.control.changeRate(80, undefined, 30_000).kind, "changed");
  assert.deepEqual(
    [10_000, 25_000, 40_000, 90_000].map((atMs) => planned(rate, "open", atMs)),
    [20, 50, 80, 80],
  );
  const refused = { kind: "refused", reason: "no-such-load" };
  assert.deepEqual(rate.control.rampUsers(5, 1_000), refused);
  assert.deepEqual(users.control.changeRate(5, undefined, 1_000), refused);
});

test("a difference is of users in a closed load and of the rate in an open one", () => {
  const users = new TestControl(ramp);
  users.nowMs = 30_000;
  for (const difference of [1, 10, -1, -100, 10]) assert.equal(users.control.changeBy(difference).kind, "changed");
  assert.equal(planned(users, "closed", 30_100), 10, "never below 0");
  const rate = new TestControl(arrivals);
  assert.equal(rate.control.changeBy(-1).kind, "changed");
  assert.equal(planned(rate, "open", 100), 19);
});

test("a load without users or without a rate is not changed, and no message is sent", () => {
  const open = new TestControl(arrivals);
  assert.equal(open.control.changeUsers(5).kind, "refused");
  const users = new TestControl(ramp);
  assert.equal(users.control.changeRate(5).kind, "refused");
  const counted = new TestControl(iterations({ users: 2, total: 8 }));
  assert.equal(counted.control.changeBy(1).kind, "refused");
  assert.equal(counted.control.resume().kind, "refused", "it is not paused");
  assert.deepEqual([...open.sent, ...users.sent, ...counted.sent], []);
  assert.deepEqual([...open.eventTexts, ...users.eventTexts, ...counted.eventTexts], []);
});

test("during a pause the value is 0 and the end open; afterwards the plan resumes, delayed by the pause", () => {
  const run = new TestControl(ramp);
  run.nowMs = 4_900;
  assert.deepEqual([run.control.pause(), run.control.isPaused], [{ kind: "changed" }, true]);
  assert.deepEqual(run.control.pause(), { kind: "changed" }, "it is paused already");
  assert.deepEqual(
    [4_999, 5_000, 900_000].map((atMs) => planned(run, "closed", atMs)),
    [24.995, 0, 0],
  );
  assert.equal(run.control.endMs, Number.POSITIVE_INFINITY);
  run.nowMs = 64_900;
  assert.deepEqual([run.control.resume(), run.control.isPaused], [{ kind: "changed" }, false]);
  assert.deepEqual(run.control.resume(), { kind: "refused", reason: "not-paused" });
  // 25 users come back within 5 s; then the ramp goes on.
  assert.deepEqual(
    [65_000, 67_000, 70_000, 71_000, 75_000, 90_000].map((atMs) => planned(run, "closed", atMs)),
    [0, 10, 25, 30, 50, 50],
  );
  assert.equal(run.control.endMs, 120_000 + 65_000);
  assert.deepEqual(run.eventTexts, ["4900 paused: the load was paused", "64900 resumed: the load was resumed"]);
});

test("a pause of an open load: no arrivals, then the rate at once", () => {
  const run = new TestControl(arrivals);
  run.control.pause();
  run.nowMs = 9_900;
  run.control.resume();
  assert.deepEqual(
    [50, 100, 9_999, 10_000].map((atMs) => planned(run, "open", atMs)),
    [20, 0, 0, 20],
  );
  assert.equal(run.control.endMs, 120_000 + 9_900);
});

test("changes during a pause take effect afterwards", () => {
  const run = new TestControl(ramp);
  run.nowMs = 30_000;
  run.control.pause();
  run.nowMs = 40_000;
  assert.equal(run.control.changeUsers(80, Number.POSITIVE_INFINITY).kind, "changed");
  assert.equal(planned(run, "closed", 50_000), 0, "the pause goes on");
  run.nowMs = 50_000;
  run.control.resume();
  assert.equal(planned(run, "closed", 90_000), 80);
});

// It is the plan that is changed; that nobody runs during a pause says nothing about it.
test("a difference during a pause is one from the plan, not from the 0 of the pause", () => {
  for (const [load, kind, expected] of [
    [ramp, "closed", 51],
    [arrivals, "open", 21],
  ] as const) {
    const run = new TestControl(load);
    run.nowMs = 30_000;
    run.control.pause();
    run.control.changeBy(1);
    run.control.resume();
    assert.equal(planned(run, kind, 90_000), expected, kind);
  }
});

const several = () =>
  new TestControl({
    one: { load: ramp },
    two: { load: arrivals },
    three: { load: ramp, startAfter: "1s" },
    four: { load: iterations({ users: 1, total: 5 }) },
    five: { load: shape(() => ({ users: 3, spawnRate: 1 })) },
    six: { load: arrivals },
  });
const lastSent = (run: TestControl) => run.sent.slice(-3).map(([, specs]) => specs.map(({ name }) => name).join());

test("the named scenario is changed, or else the first that can be, and only that one is sent", () => {
  const run = several();
  run.nowMs = 30_000;
  run.control.changeUsers(9, Number.POSITIVE_INFINITY);
  assert.deepEqual(lastSent(run), ["one", "one", "one"]);
  run.control.changeUsers(7, Number.POSITIVE_INFINITY, "three");
  assert.deepEqual(lastSent(run), ["three", "three", "three"]);
  run.control.changeRate(3);
  run.control.changeRate(4, "six");
  run.control.changeBy(2);
  assert.deepEqual(
    [planned(run, "closed", 31_000), planned(run, "closed", 31_000, 2), planned(run, "open", 31_000, 1)],
    [11, 7, 3],
  );
  assert.equal(planned(run, "open", 31_000, 5), 4);
  assert.deepEqual(run.eventTexts, [
    "30000 users-changed: users of one set to 9",
    "30000 users-changed: users of three set to 7",
    "30000 rate-changed: arrival rate of two set to 3/s",
    "30000 rate-changed: arrival rate of six set to 4/s",
    "30000 users-changed: users of one set to 11",
  ]);
});

test("a scenario of another kind, or one that is not there, is not changed", () => {
  const run = several();
  for (const name of ["two", "four", "five", "nobody"])
    assert.equal(run.control.changeUsers(9, null, name).kind, "refused", name);
  for (const name of ["one", "four", "five", ""]) assert.equal(run.control.changeRate(9, name).kind, "refused", name);
  assert.deepEqual([run.sent, run.eventTexts], [[], []]);
});

test("counted iterations are held by a pause, and the time that they have stands still", () => {
  const run = new TestControl({
    late: { load: iterations({ users: 6, total: 90, maxDuration: "1m" }), startAfter: "10s" },
  });
  const times = () => run.byWorker("iterations").map(({ startMs, endMs, isHeld }) => [startMs, endMs, isHeld]);
  run.nowMs = 3_900;
  assert.deepEqual([run.control.pause().kind, run.control.endMs], ["changed", Number.POSITIVE_INFINITY]);
  for (const each of times()) assert.deepEqual(each, [10_000, null, true]);
  run.nowMs = 8_900;
  run.control.resume();
  for (const each of times()) assert.deepEqual(each, [15_000, 75_000, false]);
  run.nowMs = 29_900;
  run.control.pause();
  run.nowMs = 30_900;
  run.control.resume();
  for (const each of times()) assert.deepEqual(each, [15_000, 76_000, false], "its users have started by then");
  run.nowMs = 80_000;
  assert.equal(run.control.pause().kind, "refused", "it is over");
});

test("a pause is of all scenarios", () => {
  const run = several();
  assert.equal(run.control.pause().kind, "changed");
  assert.deepEqual(lastSent(run), [
    "one,two,three,four,six,five",
    "one,two,three,four,six,five",
    "one,two,three,four,six,five",
  ]);
  run.nowMs = 5_000;
  run.control.resume();
  assert.deepEqual(lastSent(run), [
    "one,two,three,four,six,five",
    "one,two,three,four,six,five",
    "one,two,three,four,six,five",
  ]);
  assert.deepEqual([planned(run, "closed", 90_000), planned(run, "open", 90_000, 5)], [50, 20]);
  assert.equal(run.events.length, 2);
});

test("changes by users are the same during the run, after a restart, and from the stored operations", () => {
  const run = new TestControl(arrivals);
  run.control.pause();
  run.nowMs = 9_900;
  run.control.resume();
  run.control.changeRate(44);
  run.nowMs = 20_000;
  run.control.leave(2);
  const steering = [
    { atMs: 100, kind: "pause" },
    { atMs: 10_000, kind: "resume" },
    { atMs: 10_000, kind: "rate", scenario: "default", target: 44 },
  ];
  assert.deepEqual(run.control.steering, steering);
  assert.deepEqual(run.resumed().steering, steering);
  assert.deepEqual(storedSteering(run.operations), steering);
});

test("the plan that a report draws is the one that the workers follow, whatever was changed", () => {
  for (const [load, kind, change] of [
    [ramp, "closed", (run: TestControl, target: number) => run.control.changeUsers(target)],
    [arrivals, "open", (run: TestControl, target: number) => run.control.changeRate(target, undefined, 4_000)],
  ] as const) {
    const run = new TestControl(load);
    const [spec] = run.byWorker(kind, 0);
    assert.ok(spec !== undefined);
    const plans = [{ scenario: "default", kind, plan: planOf(spec) }];
    const steps = [() => change(run, 30), () => run.control.pause(), () => change(run, 70), () => run.control.resume()];
    for (const [position, step] of steps.entries()) {
      run.nowMs = 10_000 * (position + 1) + 0.4;
      step();
      const { atMs, values, isEndless } = steeredLine(plans, run.control.steering);
      const drawn = values[kind === "closed" ? 0 : 1] ?? [];
      for (const ms of [0, 5_000, 10_100, 20_050, 20_150, 30_200, 40_050, 40_200, 60_000, 130_000]) {
        const line = {
          points: atMs.map((at, row) => ({ atMs: at, value: drawn[row] ?? 0 })),
          durationMs: run.control.endMs,
        };
        assert.ok(Math.abs(valueAt(line, ms) - planned(run, kind, ms)) < 1e-9, `${kind}, step ${position}, ${ms} ms`);
      }
      assert.equal(isEndless, !Number.isFinite(run.control.endMs));
      if (!isEndless) assert.equal(atMs.at(-1), run.control.endMs);
    }
  }
});
