import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nearestName } from "../../src/core/nearest.ts";
import { assertProperty } from "../support/property.ts";

const flags = ["--users", "--spawn-rate", "--run-time", "--host", "-u", "p95", "p(99)"];

for (const [text, nearest] of [
  ["--user", "--users"],
  ["--uesrs", "--users"],
  ["--HOST", "--host"],
  ["--spwan-rat", "--spawn-rate"],
  ["p59", "p95"],
  ["--frobnicate", undefined],
  ["x", undefined],
  ["", undefined],
] as const) {
  test(`the name nearest to ${JSON.stringify(text)} is ${nearest ?? "none"}`, () => {
    assert.equal(nearestName(text, flags), nearest);
  });
}

test("a name is nearest to itself, and to itself with two neighbours swapped", () => {
  assertProperty(
    fc.property(fc.constantFrom(...flags.filter((flag) => flag.length > 2)), fc.nat(), (flag, seed) => {
      const at = seed % (flag.length - 1);
      const swapped = flag.slice(0, at) + flag[at + 1] + flag[at] + flag.slice(at + 2);
      assert.equal(nearestName(flag, flags), flag);
      assert.equal(nearestName(swapped, flags), flag);
    }),
  );
});

test("a hostile long text is compared fast", () => {
  assert.equal(nearestName("x".repeat(1_000_000), flags), undefined);
});
