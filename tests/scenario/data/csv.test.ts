import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FileFault } from "../../../src/scenario/bundle/file-fault.ts";
import { parseCsv } from "../../../src/scenario/data/csv.ts";
import { assertProperty } from "../../support/property.ts";

function assertRefused(text: string, message: RegExp, line: number): void {
  assert.throws(
    () => parseCsv(text),
    (error) => {
      assert.ok(error instanceof FileFault, String(error));
      assert.match(error.message, message);
      assert.equal(error.line, line, error.message);
      return true;
    },
    JSON.stringify(text),
  );
}

test("records by the names in the first line; every value is text", () => {
  assert.deepEqual(parseCsv("name,age\nann,31\nbob,\n"), [
    { name: "ann", age: "31" },
    { name: "bob", age: "" },
  ]);
  assert.deepEqual(parseCsv("name"), []);
  assert.deepEqual(parseCsv('"a ""b"", c",d\r\n"x\r\ny", z \r\n\r\n'), [{ 'a "b", c': "x\r\ny", d: " z " }]);
  assert.deepEqual(parseCsv("a,b\n,\n"), [{ a: "", b: "" }]);
  assert.deepEqual(parseCsv('a\n"b"'), [{ a: "b" }], "the last line needs no end");
});

test("commas, semicolons, tabs and bars are told by the header", () => {
  const expected = [{ id: "1", price: "2,50" }];
  assert.deepEqual(parseCsv("id;price\n1;2,50\n"), expected);
  assert.deepEqual(parseCsv("id\tprice\r\n1\t2,50\r\n"), expected);
  assert.deepEqual(parseCsv("id|price\n1|2,50"), expected);
  assert.deepEqual(parseCsv('id,price\n1,"2,50"\n'), expected);
  assert.deepEqual(parseCsv('"a;b",c\n1,2\n'), [{ "a;b": "1", c: "2" }], "not by what stands in quotes");
  assert.deepEqual(parseCsv("text\na;b\n"), [{ text: "a;b" }], "one column has no separator");
});

test("a first line as Excel writes it says the separator, and is no record", () => {
  assert.deepEqual(parseCsv("sep=;\r\na;b,c\r\n1;2\r\n"), [{ a: "1", "b,c": "2" }]);
  assert.deepEqual(parseCsv("SEP=\t\na\tb\n1\t2"), [{ a: "1", b: "2" }]);
  assert.deepEqual(parseCsv('"sep=,"\na,b\n1,2'), [{ a: "1", b: "2" }]);
  assertRefused("sep=;\na;b\n1\n", /^1 field, but the header has 2$/, 3);
});

test("lines end in one way or the other, and empty ones are left out", () => {
  const expected = [{ a: "1", b: "2" }];
  for (const end of ["\n", "\r\n", "\r", "\r\r\n"]) {
    const text = ["", "a,b", "", "1,2", ""].join(end);
    assert.deepEqual(parseCsv(text), expected, JSON.stringify(end));
  }
  assert.deepEqual(parseCsv("a,b\r\n1,2\n1,2\r\n"), [...expected, ...expected], "both, as editors leave it");
});

test("names stand without the blanks around them, and columns without a name at the end are left out while they are empty", () => {
  assert.deepEqual(parseCsv('name, age ," x "\nann, 31,1\n'), [{ name: "ann", age: " 31", " x ": "1" }]);
  assert.deepEqual(parseCsv("a;b;;\n1;2;;\n3;4;\n5;6\n"), [
    { a: "1", b: "2" },
    { a: "3", b: "4" },
    { a: "5", b: "6" },
  ]);
  assertRefused("a,b,\n1,2,3\n", /^"3" stands in column 3, which has no name$/, 2);
});

test("a column may have any name", () => {
  const [record] = parseCsv("__proto__,constructor,0\na,b,c\n");
  assert.deepEqual(Object.entries(record ?? {}).sort(), [
    ["0", "c"],
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
});

test("what is no CSV is refused with its line", () => {
  assertRefused("", /no header/, 1);
  assertRefused("\n\r\n", /no header/, 1);
  assertRefused(",,\n1,2,3\n", /^no column has a name$/, 1);
  assertRefused("\n,name\n0,ann\n", /^column 1 has no name; /, 2);
  assertRefused("a,a\n", /two columns are named "a"/, 1);
  assertRefused("a;b,c\n1;2\n", /^the first line has semicolons and commas: .*sep=;$/, 1);
  assertRefused("a,b\n1,2\n\n3\n", /^1 field, but the header has 2$/, 4);
  assertRefused("a,b\n1,2,3\n", /^3 fields, but the header has 2$/, 2);
  assertRefused('a\n"b\nc"\nd"e\n', /a quote inside a field without quotes/, 4);
  assertRefused('a,b\n1, "x, y"\n', /^blanks before the opening quote/, 2);
  assertRefused('a\n"x\n"b\n', /more text after the closing quote/, 3);
  assertRefused('a,b\n1,2\n3,"x\ny\n', /^the quote that begins here never ends$/, 3);
  assertRefused("a,b\n1,x\ry\n", /^a carriage return inside a line/, 2);
});

test("what is called now and then may end the reading", () => {
  const stop = new Error("stop");
  const text = `a\n${"x\n".repeat(10_000)}`;
  let calls = 0;
  parseCsv(text, () => calls++);
  assert.equal(calls, 2);
  assert.throws(
    () =>
      parseCsv(text, () => {
        throw stop;
      }),
    stop,
  );
});

/** With only those quotes that a field needs. */
function written(field: string, separator: string): string {
  const needsQuotes = field === "" || /["\r\n]/.test(field) || field.includes(separator) || field.trim() !== field;
  return needsQuotes ? `"${field.replaceAll('"', '""')}"` : field;
}

test("property: whatever is written comes back, by every separator and line end, with all quotes or those needed", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1 }).map((text) => text.replace(/[,;\t|]/g, "_"));
  const names = fc.uniqueArray(name, { minLength: 1, maxLength: 4 });
  const rows = names.chain((header) =>
    fc.record({
      header: fc.constant(header),
      records: fc.array(
        fc.array(fc.string({ unit: "binary" }), { minLength: header.length, maxLength: header.length }),
      ),
    }),
  );
  const ways = fc.record({
    separator: fc.constantFrom(",", ";", "\t", "|"),
    end: fc.constantFrom("\n", "\r\n", "\r"),
    isAllQuoted: fc.boolean(),
    says: fc.boolean(),
  });
  assertProperty(
    fc.property(rows, ways, ({ header, records }, { separator, end, isAllQuoted, says }) => {
      const line = (fields: readonly string[]) =>
        fields.map((one) => (isAllQuoted ? `"${one.replaceAll('"', '""')}"` : written(one, separator))).join(separator);
      const text = (says ? `sep=${separator}${end}` : "") + [header, ...records].map(line).join(end);
      assert.deepEqual(
        parseCsv(text).map((record) => header.map((one) => Object.entries(record).find(([key]) => key === one)?.[1])),
        records,
      );
    }),
  );
});
