import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Random } from "../../../src/core/random.ts";
import { between, constant, exponential, type Pause, pacing, throughput } from "../../../src/index.ts";
import type { UserDefinition } from "../../../src/scenario/definition/define.ts";
import { compilePause, type Pauser } from "../../../src/worker/user/pause.ts";
import { compileClasses } from "../../../src/worker/user/user-class.ts";
import { UserPause } from "../../../src/worker/user/user-waits.ts";
import { assertProperty } from "../../support/property.ts";

function pauserOf(pause: Pause, seed = 1): Pauser {
  return compilePause(pause)(new Random(seed, 0));
}

/** So many pauses one after another, of iterations that take no time. */
function draw(pauser: Pauser, count: number): number[] {
  return Array.from({ length: count }, () => pauser(0, 0));
}

/** When the iterations begin that take `tookMs[i]` each. */
function beginnings(pauser: Pauser, tookMs: readonly number[]): number[] {
  let nowMs = 1_000;
  return tookMs.map((ms) => {
    const begunMs = nowMs;
    nowMs += ms;
    nowMs += pauser(begunMs, nowMs);
    return begunMs - 1_000;
  });
}

test("constant is the same each time, also 0", () => {
  assert.deepEqual(draw(pauserOf(constant("1m30s")), 3), [90_000, 90_000, 90_000]);
  assert.deepEqual(draw(pauserOf(constant("0s")), 1), [0]);
});

test("between is uniform from the shortest to the longest", () => {
  const drawn = draw(pauserOf(between("1s", "3s")), 20_000).sort((a, b) => a - b);
  assert.ok((drawn[0] ?? 0) >= 1_000 && (drawn.at(-1) ?? 0) <= 3_000);
  for (const quarter of [1, 2, 3]) {
    const value = drawn[quarter * 5_000] ?? 0;
    assert.ok(Math.abs(value - (1_000 + quarter * 500)) < 50, `${quarter}/4 at ${value}`);
  }
  assert.deepEqual(draw(pauserOf(between("2s", "2s")), 2), [2_000, 2_000]);
});

test("exponential has its mean, and a tail as it should", () => {
  const drawn = draw(pauserOf(exponential("1s")), 50_000);
  const mean = drawn.reduce((sum, ms) => sum + ms, 0) / drawn.length;
  assert.ok(Math.abs(mean - 1_000) < 20, `${mean}`);
  assert.ok(drawn.every((ms) => ms >= 0 && Number.isFinite(ms)));
  for (const times of [1, 3]) {
    const share = drawn.filter((ms) => ms > times * 1_000).length / drawn.length;
    assert.ok(Math.abs(share - Math.exp(-times)) < 0.01, `${share} above ${times} means`);
  }
});

test("random pauses are each user's own and repeat with the seed", () => {
  for (const pause of [
    between("1s", "3s"),
    exponential("1s"),
    (random: () => number) => `${Math.round(1_000 * random())}ms`,
  ]) {
    assert.deepEqual(draw(pauserOf(pause), 5), draw(pauserOf(pause), 5));
    assert.notDeepEqual(draw(pauserOf(pause, 1), 5), draw(pauserOf(pause, 2), 5));
  }
});

test("a function says each pause anew, as a duration", () => {
  const durations = ["10ms", "2s", "soon"];
  const pauser = pauserOf(() => durations.shift() ?? "");
  assert.deepEqual(draw(pauser, 2), [10, 2_000]);
  assert.throws(() => pauser(0, 0), /DurationError/);
});

test("a function may compute its pause, however many decimals come of it", () => {
  assert.deepEqual(
    draw(
      pauserOf(() => `${1 / 3}s`),
      1,
    ).map(Math.round),
    [333],
  );
});

test("pacing begins iterations so often; one that takes longer is followed at once and not made up for", () => {
  assert.deepEqual(beginnings(pauserOf(pacing("100ms")), [30, 100, 250, 10, 0, 0]), [0, 100, 200, 450, 550, 650]);
});

test("a throughput is kept on average: a slow iteration is made up for without pauses", () => {
  const took = [10, 10, 350, 10, 10, 10, 10, 10, 10];
  assert.deepEqual(beginnings(pauserOf(throughput(10)), took), [0, 100, 200, 550, 560, 570, 600, 700, 800]);
});

test("a throughput catches up by at most 10 iterations", () => {
  const took = [60_000, ...new Array<number>(14).fill(0)];
  const begun = beginnings(pauserOf(throughput(10)), took);
  // The one that is due when the slow one ends, and the 10 before it.
  assert.equal(begun.filter((ms) => ms === 60_000).length, 11);
  assert.deepEqual(begun.slice(12), [60_100, 60_200, 60_300]);
});

test("property: iterations of a throughput never begin before they are due, nor late without a reason", () => {
  const took = fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 60 });
  assertProperty(
    fc.property(fc.integer({ min: 1, max: 50 }), took, (perSecond, tookMs) => {
      const intervalMs = 1_000 / perSecond;
      const begun = beginnings(pauserOf(throughput(perSecond)), tookMs);
      begun.forEach((atMs, n) => {
        assert.ok(atMs >= n * intervalMs - 1e-6, `iteration ${n} at ${atMs}`);
        if (n === 0) return;
        const freeMs = (begun[n - 1] ?? 0) + (tookMs[n - 1] ?? 0);
        assert.ok(atMs - freeMs <= intervalMs + 1e-6, "no pause is longer than the interval");
        if (tookMs.every((ms) => ms <= intervalMs)) assert.ok(Math.abs(atMs - n * intervalMs) < 1e-6);
      });
    }),
  );
});

test("each user has a pauser of its own: one that is behind does not hurry the others", () => {
  const create = compilePause(throughput(10));
  assert.ok(create !== null);
  const [slow, quick] = [create(new Random(1, 0)), create(new Random(1, 1))];
  assert.equal(slow(0, 5_000), 0);
  assert.equal(quick(5_000, 5_000), 100);
});

test("the profile's pause stands for every class's own", () => {
  const tasks = { list: () => {} };
  const users = [
    { name: "a", pause: constant("1s"), tasks },
    { name: "b", tasks },
  ];
  const load = { kind: "closed", users: 1, spawnRate: 1, duration: "1s" } as const;
  const test = { users, profiles: { quick: { load, pause: constant("5ms") }, usual: { load } } };
  const pauses = (profile: string) =>
    compileClasses(test, profile).map(({ createPausers }) => createPausers[0]?.(new Random(1, 0))(0, 0));
  assert.deepEqual(pauses("quick"), [5, 5]);
  assert.deepEqual(pauses("usual"), [1_000, undefined]);
});

test("a task set may have a pause of its own, which the sets within it share; the profile's stands for all", () => {
  const run = () => {};
  const inner = { order: "sequential", tasks: { c: run } } as const;
  const set = { order: "sequential", pause: constant("2s"), tasks: { b: run, inner } } as const;
  const user = { name: "a", order: "sequential", pause: constant("1s"), tasks: { a: run, set } } as const;
  const load = { kind: "closed", users: 1, spawnRate: 1, duration: "1s" } as const;
  const profiles = { quick: { load, pause: constant("5ms") }, usual: { load } };
  const pauses = (definition: UserDefinition, profile: string) => {
    const [userClass] = compileClasses({ users: [definition], profiles }, profile);
    assert.ok(userClass !== undefined);
    const pause = UserPause.of(userClass, new Random(1, 0), () => assert.fail());
    return userClass.tasks.map((task) => pause?.lengthMs(task, performance.now()) ?? null);
  };
  assert.deepEqual(pauses(user, "usual"), [1_000, 2_000, 2_000]);
  assert.deepEqual(pauses(user, "quick"), [5, 5, 5]);
  const { pause: _, ...without } = user;
  assert.deepEqual(pauses(without, "usual"), [0, 2_000, 2_000]);
});
