import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CsvError, parseCsv } from "../../src/scenario/csv.ts";

test("records by the names in the first line; every value is text", () => {
  assert.deepEqual(parseCsv("name,age\nann,31\nbob,\n"), [
    { name: "ann", age: "31" },
    { name: "bob", age: "" },
  ]);
  assert.deepEqual(parseCsv("name"), []);
  assert.deepEqual(parseCsv('"a ""b"", c",d\r\n"x\r\ny", z \r\n\r\n'), [{ 'a "b", c': "x\r\ny", d: " z " }]);
  assert.deepEqual(parseCsv("\ufeffa,b\n,\n"), [{ a: "", b: "" }], "as Excel writes it");
});

test("what is no CSV is refused with its line", () => {
  const wrong: [text: string, message: RegExp, line: number][] = [
    ["", /no header/, 1],
    ["a,a\n", /two columns are named "a"/, 1],
    ["a,b\n1,2\n\n3\n", /^1 fields, but the header has 2$/, 4],
    ['a\n"b\nc"\nd"e\n', /a quote/, 4],
    ['a\n"b"c\n', /a quote/, 2],
    ['a\n"b', /a quote/, 2],
  ];
  for (const [text, message, line] of wrong) {
    assert.throws(
      () => parseCsv(text),
      (error) => error instanceof CsvError && message.test(error.message) && error.line === line,
      text,
    );
  }
});

test("property: whatever is written in quotes comes back", () => {
  const names = fc.uniqueArray(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 4 });
  const rows = names.chain((header) =>
    fc.record({
      header: fc.constant(header),
      records: fc.array(
        fc.array(fc.string({ unit: "binary" }), { minLength: header.length, maxLength: header.length }),
      ),
    }),
  );
  const quoted = (fields: readonly string[]) => fields.map((one) => `"${one.replaceAll('"', '""')}"`).join(",");
  fc.assert(
    fc.property(rows, fc.constantFrom("\n", "\r\n", "\r"), ({ header, records }, end) => {
      const text = [header, ...records].map(quoted).join(end);
      const read = parseCsv(text);
      assert.deepEqual(
        read.map((record) => header.map((name) => Object.entries(record).find(([key]) => key === name)?.[1])),
        records,
      );
    }),
    { numRuns: 1_000 },
  );
});
