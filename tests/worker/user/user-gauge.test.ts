import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { UserGauge } from "../../../src/worker/user/user-gauge.ts";
import { assertProperty } from "../../support/property.ts";

test("no user runs at first", () => {
  const gauge = new UserGauge();
  assert.equal(gauge.total, 0);
  assert.deepEqual(gauge.take(), { peak: 0, byClass: new Map() });
});

test("take gives the most of each class since the last time, beginning with those who still run", () => {
  const gauge = new UserGauge();
  for (const name of ["a", "a", "b", "a"]) gauge.started(name);
  gauge.ended("a");
  assert.equal(gauge.total, 3);
  assert.deepEqual(Object.fromEntries(gauge.take().byClass), { a: 3, b: 1 });
  assert.deepEqual(Object.fromEntries(gauge.take().byClass), { a: 2, b: 1 });
  gauge.ended("b");
  assert.deepEqual(Object.fromEntries(gauge.take().byClass), { a: 2, b: 1 }, "b ran at the beginning of this window");
  assert.deepEqual(Object.fromEntries(gauge.take().byClass), { a: 2 });
});

test("peaks of classes that did not coincide do not add up", () => {
  const gauge = new UserGauge();
  gauge.started("a");
  gauge.ended("a");
  gauge.started("b");
  assert.deepEqual(gauge.take(), {
    peak: 1,
    byClass: new Map([
      ["a", 1],
      ["b", 1],
    ]),
  });
});

test("in any order of starts and ends, the peak is the largest count that there was", () => {
  assertProperty(
    fc.property(fc.array(fc.boolean()), (steps) => {
      const gauge = new UserGauge();
      let running = 0;
      let most = 0;
      for (const starts of steps) {
        if (!starts && running === 0) continue;
        running += starts ? 1 : -1;
        most = Math.max(most, running);
        if (starts) gauge.started("a");
        else gauge.ended("a");
      }
      assert.equal(gauge.total, running);
      assert.equal(gauge.take().peak, most);
    }),
  );
});
