import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filtered, nextSort, sorted } from "../../../src/ui/data/sorting.ts";
import { assertProperty } from "../../support/property.ts";

test("numbers sort as numbers and names as people count", () => {
  assert.deepEqual(
    sorted([10, 9, 100], (value) => value, false),
    [9, 10, 100],
  );
  assert.deepEqual(
    sorted(["/a10", "/a9", "/B1"], (value) => value, false),
    ["/a9", "/a10", "/B1"],
  );
});

test("nothing comes last in either direction, and sorting loses no row", () => {
  assertProperty(
    fc.property(fc.array(fc.option(fc.double({ noNaN: true }))), fc.boolean(), (values, descending) => {
      const result = sorted(values, (value) => value, descending);
      assert.deepEqual([...result].sort(), [...values].sort());
      const numbers = result.filter((value) => value !== null);
      assert.deepEqual(result.slice(0, numbers.length), numbers);
      for (const [position, value] of numbers.entries()) {
        const before = numbers[position - 1];
        if (before !== undefined) assert.ok(descending ? before >= value : before <= value);
      }
    }),
  );
});

test("rows of equal value keep their order", () => {
  const rows = ["b1", "a1", "b2", "a2"];
  assert.deepEqual(
    sorted(rows, (row) => row[0] ?? null, true),
    ["b1", "b2", "a1", "a2"],
  );
});

test("a column chosen again turns round; numbers begin with the largest", () => {
  const first = nextSort(null, "p95", true);
  assert.deepEqual(first, { column: "p95", descending: true });
  assert.deepEqual(nextSort(first, "p95", true), { column: "p95", descending: false });
  assert.deepEqual(nextSort(first, "name", false), { column: "name", descending: false });
});

test("a filter finds rows that hold each of its words", () => {
  const rows = ["GET /jobs", "POST /jobs", "GET /templates"];
  const find = (filter: string) => filtered(rows, (row) => row, filter);
  assert.deepEqual(find("jobs get"), ["GET /jobs"]);
  assert.deepEqual(find("  "), rows);
  assert.deepEqual(find("nothing"), []);
});
