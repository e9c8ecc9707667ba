import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { parseCsv } from "../../../src/scenario/data/csv.ts";
import { RowFile } from "../../../src/scenario/data/row-file.ts";
import {
  CsvRowScanner,
  LineRowScanner,
  ListRowScanner,
  type RowScanner,
} from "../../../src/scenario/data/row-scanner.ts";
import { rowParser } from "../../../src/scenario/data/row-text.ts";
import { assertProperty } from "../../support/property.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function opened(t: TestContext, name: string, content: string | Uint8Array): Promise<RowFile> {
  const file = path.join(await temporaryFolder(t), name);
  writeFileSync(file, content);
  const rows = await RowFile.open(file, name);
  t.after(() => rows.close());
  return rows;
}

function all(file: RowFile): unknown[] {
  const parse = rowParser(file.format, file.head);
  return file.rows(Array.from({ length: file.count }, (_, row) => row)).map(parse);
}

test("the rows of a CSV file are those that an import of it has", async (t) => {
  const texts = [
    "user,password\nann,1\nbob,2\n",
    '\ufeffuser;name\r\n\r\nann;"Ann; ""A"""\r\nbob;"two\r\nlines"',
    "sep=|\na|b|\n1|2|\n3|4\n",
    "a,b\n1, 2 \n3,\n\n\n",
    "a\rx\ry\r",
    "a\n\u00e4\n\u20ac\n",
  ];
  for (const text of texts) {
    const file = await opened(t, "rows.csv", text);
    assert.deepEqual(all(file), parseCsv(text.replace("\ufeff", "")), JSON.stringify(text));
  }
});

test("the rows of a JSON list and of lines of JSON", async (t) => {
  const rows = [{ id: 1, tags: ["a,]", '"\\'] }, 7, "x", null, [], [[1], {}], { deep: { deeper: [{}] } }];
  assert.deepEqual(all(await opened(t, "rows.json", JSON.stringify(rows))), rows);
  assert.deepEqual(all(await opened(t, "rows.json", `\ufeff\n${JSON.stringify(rows, null, 2)}\n\n`)), rows);
  const lines = rows.map((row) => ` ${JSON.stringify(row)} `).join("\r\n\n");
  assert.deepEqual(all(await opened(t, "rows.ndjson", lines)), rows);
  assert.deepEqual(all(await opened(t, "rows.jsonl", `${lines}\n`)), rows);
});

test("rows are read in any order, and consecutive ones as one piece", async (t) => {
  const file = await opened(
    t,
    "rows.csv",
    `n\n${Array.from({ length: 5_000 }, (_, row) => `row ${row}`).join("\n")}\n`,
  );
  assert.equal(file.count, 5_000);
  const numbers = [4_999, 0, 1, 2, 2_500, 2_499, 2_499];
  assert.deepEqual(
    file.rows(numbers),
    numbers.map((row) => `row ${row}`),
  );
  assert.equal(file.meanBytes, (10 * 6 + 90 * 7 + 900 * 8 + 4_000 * 9) / 5_000);
});

test("what is wrong with a file is said with its line", async (t) => {
  const faults: [name: string, content: string | Uint8Array, message: RegExp][] = [
    ["a.csv", "a,b\n1,2\n1\n", /^a\.csv:3:1: 1 field, but the header has 2$/],
    ["a.csv", 'a,b\n1,2\n1,"x\n', /^a\.csv:4:1: a quote never ends/],
    ["a.csv", 'a,b\n1,x"y"\n', /^a\.csv:2:1: a quote inside a field without quotes/],
    ["a.csv", 'a,b\n1,"y"z\n', /^a\.csv:2:1: more text after the closing quote/],
    ["a.csv", "a,a\n1,2\n", /^a\.csv:1:1: two columns are named "a"/],
    ["a.csv", "a,b\n", /^a\.csv: the file has no rows/],
    ["a.csv", "", /^a\.csv:1:1: the file is empty/],
    ["a.csv", new Uint8Array([97, 10, 0xe4, 10]), /^a\.csv:1:1: after row 0, the file is not UTF-8; convert it/],
    ["a.csv", Buffer.from("a\nx\n", "utf16le"), /^a\.csv:1:1: a zero byte/],
    ["a.json", '{"a": 1}', /^a\.json:1:1: expected a list of rows/],
    ["a.json", "[1, 2", /^a\.json:1:1: the JSON ends too early/],
    ["a.json", "[1,\n, 2]", /^a\.json:2:1: a comma without a row/],
    ["a.json", "[1, 2,]", /^a\.json:1:1: a comma before the end/],
    ["a.json", "[1] 2", /^a\.json:1:1: more text after the list/],
    ["a.json", "[1, x]", /^a\.json: row 2 is not JSON/],
    ["a.ndjson", '{"a": 1}\n{a: 2}\n', /^a\.ndjson: row 2 is not JSON/],
    ["a.txt", "x", /^a\.txt: rows are read from files that end in \.csv, /],
  ];
  for (const [name, content, message] of faults) {
    await assert.rejects(opened(t, name, content), ({ message: found }: Error) => message.test(found), String(message));
  }
  await assert.rejects(RowFile.open("/no/such/file.csv", "file.csv"), {
    message: "file.csv cannot be read: there is no such file (looked at /no/such/file.csv)",
  });
});

test("a file that is not valid does not stay open", { skip: process.platform === "win32" }, async (t) => {
  const before = readdirSync("/dev/fd").length;
  for (let time = 0; time < 10; time++) await assert.rejects(opened(t, "a.ndjson", "{a: 2}"), /row 1 is not JSON/);
  assert.ok(readdirSync("/dev/fd").length < before + 10);
});

test("rows are found wherever the file is cut into chunks", () => {
  const csv = 'ab,"c""d"\r\n"e\r\nf",\xe4\n\n1,2';
  const list = ' [ {"a": "]\\"" }, [1, [2]], "x,y" , 3 ] ';
  const scanners: [string, (onRow: (at: number) => void) => RowScanner][] = [
    [
      csv,
      (onRow) =>
        new CsvRowScanner({ separator: ",", endsInReturns: false, line: 1 }, { names: ["a", "b"], columns: 2 }, onRow),
    ],
    [list, (onRow) => new ListRowScanner(onRow)],
    ["1\n \n 2\r\n3", (onRow) => new LineRowScanner(onRow)],
  ];
  for (const [text, make] of scanners) {
    const bytes = Buffer.from(text);
    const startsOf = (cuts: readonly number[]) => {
      const found: number[] = [];
      const scanner = make((at) => found.push(at));
      const at = [0, ...cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b), bytes.length];
      for (const [position, from] of at.slice(0, -1).entries())
        scanner.scan(bytes.subarray(from, at[position + 1]), from);
      scanner.end();
      return found;
    };
    const whole = startsOf([]);
    assert.ok(whole.length >= 3);
    assertProperty(fc.property(fc.array(fc.nat(100)), (cuts) => assert.deepEqual(startsOf(cuts), whole)));
  }
});
