import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Column, table } from "../../../src/report/text/table.ts";
import { assertProperty } from "../../support/property.ts";
import { columnsOf } from "../result-fixture.ts";

const columns: readonly Column[] = [
  { title: "name", align: "left", maxWidth: 8 },
  { title: "count", align: "right" },
];

test("the widest cell sets the width, cells stand left or right, no line ends in spaces", () => {
  const lines = table(columns, [
    ["a", "1"],
    ["longer", "1,234,567"],
  ]);
  assert.deepEqual(lines, ["name        count", "a               1", "longer  1,234,567"]);
  assert.deepEqual(table([{ title: "x", align: "left" }], [["a"], [""]]), ["x", "a", ""]);
});

test("a cell too long is cut in the middle, one that just fits is not", () => {
  const [, cut, fits] = table(columns, [
    ["123456789", "1"],
    ["12345678", "1"],
  ]);
  assert.deepEqual([cut, fits], ["1234…789      1", "12345678      1"]);
});

test("without rows there is the head, and a row may lack cells", () => {
  assert.deepEqual(table(columns, []), ["name  count"]);
  assert.deepEqual(table(columns, [["a"]]), ["name  count", "a"]);
});

/** Letters about whose width all terminals agree, and what would break a line. */
const cell = fc.string({
  unit: fc.constantFrom("a", "Z", "7", " ", "/", "ü", "é".normalize("NFD"), "予", "한", "🦊", "\n", "\t", "\u001b"),
  maxLength: 14,
});

test("every line of a table is one line, and its right edge stands still, whatever letters there are", () => {
  assertProperty(
    fc.property(fc.array(cell, { minLength: 1 }), (names) => {
      const lines = table(
        columns,
        names.map((name) => [name, "7"]),
      );
      assert.equal(lines.length, names.length + 1);
      const widths = new Set(lines.map(columnsOf));
      assert.equal(widths.size, 1, JSON.stringify(lines));
      for (const line of lines) assert.doesNotMatch(line, /\p{Cc}/u);
    }),
  );
});

test("names that look alike are shown differently, and no name can control the terminal", () => {
  const column = [{ title: "endpoint", align: "left" as const, maxWidth: 30 }];
  const sets: readonly (readonly string[])[] = [
    ["a\nb", "a\tb", "a b", "a\u00a0b", "a\u2028b"],
    ["/\x1b[31mred", "/\x1b[31m\x07red", "/\x9b[31mred"],
    ["/abc", "/ab\u200bc", "/ab\u00adc", "/ab\u202ec", "/ab\u2066c"],
    ["/caf\u00e9", "/cafe\u0301"],
    ["/\ud800", "/\udc00"],
    ["\u{1f1e9}\u{1f1ea}", "\u{1f1eb}\u{1f1f7}"].map((flag) => `/${"x".repeat(30)}${flag}${"y".repeat(30)}`),
  ];
  for (const names of sets) {
    const [, ...shown] = table(
      column,
      names.map((name) => [name]),
    );
    const looks = shown.map((line) => line.normalize("NFC").replace(/\p{Cf}/gu, ""));
    assert.equal(new Set(looks).size, names.length, JSON.stringify(shown));
    for (const line of shown) assert.doesNotMatch(line, /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
  }
  assert.deepEqual(table(column, [["/a\x1b[31m\u202eb"], ["/c"]]).slice(1), ["/a [31mb", "/c"]);
});
