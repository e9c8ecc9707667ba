import assert from "node:assert/strict";
import { test } from "node:test";
import { measureLines } from "../../../../src/cli/actions/try/measure-text.ts";
import { plainStyle } from "../../../../src/report/text/style.ts";
import type { EndedMeasurement } from "../../../../src/worker/measure/measurement.ts";

const ended = {
  ...{ kind: "SQL", name: "select jobs", tags: undefined, isNested: false, group: "", place: "" },
  ...{ durationMs: 3.2, bytesIn: 0, bytesOut: 0, failure: null },
};

test("a measure is one line; its failure and its bytes have lines of their own, without secrets", () => {
  const told = (one: EndedMeasurement) => measureLines(one, plainStyle).map((line) => line.trimEnd());
  assert.deepEqual(told(ended), ["  ✓ SQL select jobs  3.20 ms"]);
  const failure = { kind: "other", message: "28P01: postgres://me:pa55word@db/shop" } as const;
  assert.deepEqual(told({ ...ended, isNested: true, group: "pay", bytesIn: 7, failure }), [
    "  ✗ (SQL) select jobs in pay  other  3.20 ms",
    "    failed: 28P01: postgres://***@db/shop",
    "    0 B out, 7 B in",
  ]);
});
