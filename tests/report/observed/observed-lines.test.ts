import assert from "node:assert/strict";
import { test } from "node:test";
import { valueInUnit } from "../../../src/analysis/saturation/describe-saturation.ts";
import { observedText, observedTitle } from "../../../src/report/observed/observed-lines.ts";

test("the table has values as the sentences have them, and says a unit once", () => {
  for (const unit of ["bytes", "B"]) {
    assert.equal(observedTitle("memory", unit), "memory");
    for (const value of [0, 512, 1_517e6, -2.5e6]) assert.equal(observedText(value, unit), valueInUnit(value, unit));
  }
  assert.equal(observedText(1_517e6, "B"), "1.52 GB");
  assert.equal(observedTitle("queue", "jobs"), "queue, jobs");
  assert.deepEqual([observedText(1_234.5, "jobs"), observedText(0.031_25, null)], ["1,235", "0.0313"]);
});
