import { dialectOf } from "./csv-dialect.ts";
import { CsvScanner } from "./csv-scanner.ts";
import { FileFault } from "./file-fault.ts";

/** How many records are read between two calls of `onProgress`. */
const recordsBetween = 4_096;

/**
 * The records of a CSV text as RFC 4180 has it: fields between commas, semicolons, tabs or bars, in double quotes where they
 * hold separators, quotes (doubled) or line ends. The first record names the fields; every value is text. Empty lines are left out.
 * @param onProgress called every few thousand records; what it throws ends the reading
 * @throws FileFault
 */
export function parseCsv(text: string, onProgress?: () => void): Record<string, string>[] {
  const scanner = new CsvScanner(text, dialectOf(text));
  const names = readNames(scanner);
  const columns = countNamed(names);
  requireNames(names.slice(0, columns), scanner.recordLine);
  const recordOf = recordMaker(names.slice(0, columns));
  const records: Record<string, string>[] = [];
  // The values of the record before: a column often repeats them.
  let values: string[] = names.map(() => "");
  while (scanner.begin()) {
    values = readValues(scanner, values, columns);
    records.push(recordOf(values));
    if (records.length % recordsBetween === 0) onProgress?.();
  }
  return records;
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

/** Spreadsheets write columns without a name behind the last. */
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
 * @param before the values of the record before; they are overwritten
 * @param columns those with a name; what stands in others has to be empty
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

/** What makes a record of its values. All records have the same shape, which takes less memory and time. */
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
