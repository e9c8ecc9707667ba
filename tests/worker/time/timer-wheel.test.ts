import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TimerWheel, WheelTimer } from "../../../src/worker/time/timer-wheel.ts";
import { assertProperty } from "../../support/property.ts";

class Probe extends WheelTimer {
  readonly #onExpire: () => void;
  expiredCount = 0;

  constructor(onExpire: () => void = () => {}) {
    super();
    this.#onExpire = onExpire;
  }

  override expire(): void {
    this.expiredCount++;
    this.#onExpire();
  }
}

test("a timer expires at the first tick at or after its deadline, once", () => {
  const wheel = new TimerWheel(10);
  const timer = new Probe();
  wheel.add(timer, 1_025, 1_000);
  wheel.advance(1_024);
  assert.deepEqual([timer.expiredCount, wheel.size], [0, 1]);
  wheel.advance(1_030);
  assert.deepEqual([timer.expiredCount, wheel.size], [1, 0]);
  wheel.advance(99_999);
  assert.equal(timer.expiredCount, 1);
});

test("a timer is due by a deadline that would not bring it forward", () => {
  const wheel = new TimerWheel(10);
  const timer = new Probe();
  assert.equal(wheel.isDueBy(timer, 9_999), false);
  wheel.add(timer, 1_025, 1_000);
  assert.deepEqual(
    [1_020, 1_021, 1_025, 9_999].map((deadlineMs) => wheel.isDueBy(timer, deadlineMs)),
    [false, true, true, true],
  );
  wheel.remove(timer);
  assert.equal(wheel.isDueBy(timer, 9_999), false);
});

test("a deadline in the past is due at the next tick", () => {
  const wheel = new TimerWheel(10);
  const timer = new Probe();
  wheel.add(timer, 500, 1_000);
  wheel.advance(1_009);
  assert.equal(timer.expiredCount, 0);
  wheel.advance(1_010);
  assert.equal(timer.expiredCount, 1);
});

test("deadlines many turns of the wheel away, up to a year", () => {
  const wheel = new TimerWheel(10, 4);
  const yearMs = 365 * 86_400_000;
  const timers = [35, 75, 115, yearMs].map((deadlineMs) => {
    const timer = new Probe();
    wheel.add(timer, deadlineMs, 0);
    return timer;
  });
  const counts = () => timers.map(({ expiredCount }) => expiredCount);
  wheel.advance(40);
  assert.deepEqual(counts(), [1, 0, 0, 0]);
  wheel.advance(79);
  assert.deepEqual(counts(), [1, 0, 0, 0]);
  wheel.advance(200);
  assert.deepEqual(counts(), [1, 1, 1, 0]);
  wheel.advance(yearMs - 10);
  assert.deepEqual(counts(), [1, 1, 1, 0]);
  wheel.advance(yearMs);
  assert.deepEqual(counts(), [1, 1, 1, 1]);
});

test("a timer taken out does not expire, and may be taken out again", () => {
  const wheel = new TimerWheel(10);
  const timer = new Probe();
  wheel.remove(timer);
  wheel.add(timer, 50, 0);
  wheel.remove(timer);
  wheel.remove(timer);
  assert.equal(wheel.size, 0);
  wheel.advance(1_000);
  assert.equal(timer.expiredCount, 0);
  assert.throws(() => {
    wheel.add(timer, 2_000, 1_000);
    wheel.add(timer, 2_000, 1_000);
  }, /already/);
});

test("an expiring timer can remove others, and add itself and others again", () => {
  const wheel = new TimerWheel(10);
  const victim = new Probe();
  const moved = new Probe();
  const again: Probe = new Probe(() => {
    if (again.expiredCount === 1) wheel.add(again, 60, 20);
    wheel.remove(victim);
    if (moved.expiredCount === 0 && moved.dueTick >= 0) {
      wheel.remove(moved);
      wheel.add(moved, 100, 20);
    }
  });
  // The one added last is looked at first.
  for (const timer of [victim, moved, again]) wheel.add(timer, 20, 0);
  wheel.advance(20);
  assert.deepEqual(
    [again, victim, moved].map((timer) => timer.expiredCount),
    [1, 0, 0],
  );
  wheel.advance(60);
  assert.deepEqual(
    [again, victim, moved].map((timer) => timer.expiredCount),
    [2, 0, 0],
  );
  wheel.advance(100);
  assert.deepEqual([moved.expiredCount, wheel.size], [1, 0]);
});

test("a wheel that was empty for long begins anew from now", () => {
  const wheel = new TimerWheel(10, 4);
  wheel.add(new Probe(), 10, 0);
  wheel.advance(10);
  const timer = new Probe();
  wheel.add(timer, 1_000_020, 1_000_000);
  wheel.advance(1_000_019);
  assert.equal(timer.expiredCount, 0);
  wheel.advance(1_000_020);
  assert.equal(timer.expiredCount, 1);
});

/** The same with a list, tick by tick. */
class ListOfDeadlines {
  readonly #dueTicks = new Map<Probe, number>();

  get size(): number {
    return this.#dueTicks.size;
  }

  add(timer: Probe, deadlineMs: number, nowMs: number): void {
    this.#dueTicks.set(timer, Math.max(Math.ceil(deadlineMs / 10), Math.floor(nowMs / 10) + 1));
  }

  takeFirst(): Probe | undefined {
    const [first] = this.#dueTicks.keys();
    if (first !== undefined) this.#dueTicks.delete(first);
    return first;
  }

  /** Forgets what is due by now, and checks that it and nothing else has expired. */
  check(nowMs: number): void {
    for (const [timer, dueTick] of this.#dueTicks) {
      assert.equal(timer.expiredCount, dueTick <= Math.floor(nowMs / 10) ? 1 : 0);
      if (timer.expiredCount > 0) this.#dueTicks.delete(timer);
    }
  }
}

test("property: the wheel behaves like a plain list of deadlines", () => {
  const step = fc.record({ afterMs: fc.nat({ max: 400 }), delayMs: fc.nat({ max: 900 }), removes: fc.boolean() });
  assertProperty(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const wheel = new TimerWheel(10, 8);
      const list = new ListOfDeadlines();
      let nowMs = 0;
      for (const { afterMs, delayMs, removes } of steps) {
        nowMs += afterMs;
        wheel.advance(nowMs);
        list.check(nowMs);
        const removed = removes ? list.takeFirst() : undefined;
        if (removed !== undefined) wheel.remove(removed);
        const timer = new Probe();
        wheel.add(timer, nowMs + delayMs, nowMs);
        list.add(timer, nowMs + delayMs, nowMs);
        assert.equal(wheel.size, list.size);
      }
    }),
  );
});

test("nothing expires before the next moment that the wheel names, and looking at each such moment misses nothing", () => {
  assertProperty(
    fc.property(fc.array(fc.nat(500), { minLength: 1 }), (deadlines) => {
      const wheel = new TimerWheel(10, 4);
      const expired: number[] = [];
      let nowMs = 0;
      for (const deadlineMs of deadlines) wheel.add(new Probe(() => expired.push(nowMs)), deadlineMs, 0);
      for (let nextMs = wheel.nextMs; nextMs !== null; nextMs = wheel.nextMs) {
        wheel.advance(nextMs - 1);
        assert.ok(expired.every((atMs) => atMs <= nowMs));
        nowMs = nextMs;
        wheel.advance(nowMs);
      }
      const due = deadlines.map((deadlineMs) => Math.max(10, Math.ceil(deadlineMs / 10) * 10)).sort((a, b) => a - b);
      assert.deepEqual(expired, due);
    }),
  );
});
