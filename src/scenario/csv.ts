/** What is wrong with a CSV text, and in which of its lines (from 1). */
export class CsvError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/**
 * The records of a CSV text as RFC 4180 has it: commas, fields in double quotes where they hold commas, quotes (doubled) or
 * line ends. The first record names the fields; every value is text. Empty lines are left out.
 * @throws CsvError
 */
export function parseCsv(text: string): Record<string, string>[] {
  const [header, ...records] = [...recordsOf(text.replace(/^\ufeff/, ""))];
  if (header === undefined) throw new CsvError("an empty CSV file has no header", 1);
  const names = header.fields;
  const twice = names.find((name, position) => names.indexOf(name) !== position);
  if (twice !== undefined) throw new CsvError(`two columns are named "${twice}"`, header.line);
  return records.map(({ fields, line }) => {
    if (fields.length !== names.length) {
      throw new CsvError(`${fields.length} fields, but the header has ${names.length}`, line);
    }
    return Object.fromEntries(names.map((name, position) => [name, fields[position] ?? ""]));
  });
}

interface Line {
  readonly fields: string[];
  readonly line: number;
}

/** One field with what ends it: in quotes, or without any. */
const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

function* recordsOf(text: string): Generator<Line, undefined> {
  let line = 1;
  let record: Line = { fields: [], line };
  field.lastIndex = 0;
  for (let at = 0; at < text.length || record.fields.length > 0; at = field.lastIndex) {
    field.lastIndex = at;
    const match = field.exec(text);
    if (match === null) throw new CsvError("a quote that does not begin, end or double in its place", line);
    const [all, quoted, plain = "", end] = match;
    line += all.match(/\r\n|\n|\r/g)?.length ?? 0;
    record.fields.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ",") continue;
    const isEmpty = record.fields.length === 1 && all === end;
    if (!isEmpty) yield record;
    record = { fields: [], line };
    if (end === "") return;
  }
}
