import assert from "node:assert/strict";
import { test } from "node:test";
import { caseCount } from "../../support/depth.ts";
import { knownSoaks, verdictOnSoak } from "./known-soaks.ts";

const soaks = caseCount(4);

for (const soak of knownSoaks.filter(({ isAtLimit = false }) => !isAtLimit)) {
  test(`4 hours of a soak in which ${soak.name}: ${soak.right ?? "not drifting"}`, () => {
    const kinds = Array.from({ length: soaks }, (_, seed) => verdictOnSoak(soak, 4, seed));
    const right = kinds.filter((kind) => (soak.right === null ? kind !== "drifting" : kind === soak.right)).length;
    assert.ok(right >= 0.9 * soaks - 0.5, kinds.join());
  });
}
