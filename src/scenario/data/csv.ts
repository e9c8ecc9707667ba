import { FileFault } from "../bundle/file-fault.ts";
import { dialectOf } from "./csv-dialect.ts";
import { CsvScanner } from "./csv-scanner.ts";

/** The number of records between two calls of `onProgress`. */
const recordsBetween = 4_096;

/**
 * Parses a CSV text (RFC 4180). Fields are separated by commas, semicolons, tabs or bars; fields with separators, quotes
 * (doubled) or line ends are in double quotes. The first record names the fields. Values are strings. Empty lines are skipped.
 * @param onProgress called every few thousand records; an error that it throws ends the parsing
 * @throws FileFault if the text is not valid CSV
 */
export function parseCsv(text: string, onProgress?: () => void): Record<string, string>[] {
  const scanner = new CsvScanner(text, dialectOf(text));
  const { names, columns } = readCsvHeader(scanner);
  const recordOf = recordMaker(names.slice(0, columns));
  const records: Record<string, string>[] = [];
  // The values of the previous record: a column often repeats them.
  let values: string[] = names.map(() => "");
  while (scanner.begin()) {
    values = readValues(scanner, values, columns);
    records.push(recordOf(values));
    if (records.length % recordsBetween === 0) onProgress?.();
  }
  return records;
}

/** The columns of a CSV file: `columns` of them have names, and the others, at the end, must be empty. */
export interface CsvHeader {
  readonly names: readonly string[];
  readonly columns: number;
}

/**
 * Reads the first record, which names the columns.
 * @throws FileFault if a column has no name, or two have the same
 */
export function readCsvHeader(scanner: CsvScanner): CsvHeader {
  const names = readNames(scanner);
  const columns = countNamed(names);
  requireNames(names.slice(0, columns), scanner.recordLine);
  return { names, columns };
}

/**
 * Returns a function that parses the text of one record.
 * @param head the text before the first record: the header and, if there is one, Excel's line `sep=`
 */
export function csvRecordParser(head: string): (text: string) => Record<string, string> {
  const dialect = dialectOf(head);
  const { names, columns } = readCsvHeader(new CsvScanner(head, dialect));
  const recordOf = recordMaker(names.slice(0, columns));
  const values = names.map(() => "");
  return (text) => {
    const scanner = new CsvScanner(text, { ...dialect, start: 0, line: 1 });
    scanner.begin();
    return recordOf(readValues(scanner, values, columns));
  };
}

function readNames(scanner: CsvScanner): string[] {
  if (!scanner.begin()) throw new FileFault("an empty CSV file has no header", 1);
  const names: string[] = [];
  while (scanner.hasMore) {
    const name = scanner.field("");
    names.push(scanner.wasQuoted ? name : name.trim());
  }
  return names;
}

/** Returns the number of columns, without columns at the end that have no name, which spreadsheets write. */
function countNamed(names: readonly string[]): number {
  let named = names.length;
  while (named > 0 && names[named - 1] === "") named--;
  return named;
}

function requireNames(names: readonly string[], line: number): void {
  if (names.length === 0) throw new FileFault("no column has a name", line);
  const unnamed = names.indexOf("");
  if (unnamed >= 0) throw new FileFault(`column ${unnamed + 1} has no name; give it one in the first line`, line);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new FileFault(`two columns are named "${name}"`, line);
    seen.add(name);
  }
}

/**
 * @param before the values of the previous record; they are overwritten
 * @param columns the named columns; values in other columns must be empty
 */
function readValues(scanner: CsvScanner, before: string[], columns: number): string[] {
  let count = 0;
  while (scanner.hasMore) {
    const value = scanner.field(before[count] ?? "");
    if (count < before.length) before[count] = value;
    count++;
    if (count > columns && count <= before.length && value !== "") {
      throw new FileFault(`"${value}" stands in column ${count}, which has no name`, scanner.recordLine);
    }
  }
  if (count < columns || count > before.length) {
    const fields = count === 1 ? "1 field" : `${count} fields`;
    throw new FileFault(`${fields}, but the header has ${columns}`, scanner.recordLine);
  }
  return before;
}

/**
 * Returns a function that makes a record from its values. All records have the same hidden class, which saves memory and
 * time.
 */
function recordMaker(names: readonly string[]): (values: readonly string[]) => Record<string, string> {
  if (names.includes("__proto__")) {
    return (values) => Object.fromEntries(names.map((name, position) => [name, values[position] ?? ""]));
  }
  return (values) => {
    const record: Record<string, string> = {};
    for (let position = 0; position < names.length; position++) {
      record[names[position] as string] = values[position] as string;
    }
    return record;
  };
}
