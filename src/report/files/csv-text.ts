/** Makes a line of CSV. */
export type CsvRow = (cells: readonly (string | number)[]) => string;

/** What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection), also in full width. */
const formula = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * A row of CSV that a spreadsheet shows and does not calculate: a text that would be a formula begins with an apostrophe. Texts with
 * separators of other countries are quoted. Numbers stay.
 */
export function csvRow(cells: readonly (string | number)[]): string {
  return rowOf(
    cells.map((cell) => (typeof cell === "string" && formula.test(cell) ? `'${cell}` : cell)),
    /[",;\t\r\n]/,
  );
}

/** A row of CSV as Python's csv module writes it (RFC 4180): quotes only where they are needed, lines end in CR LF. */
export function rawCsvRow(cells: readonly (string | number)[]): string {
  return rowOf(cells, /[",\r\n]/);
}

function rowOf(cells: readonly (string | number)[], needsQuotes: RegExp): string {
  const texts = cells.map((cell) => (typeof cell === "number" ? String(cell) : quoted(cell, needsQuotes)));
  return `${texts.join(",")}\r\n`;
}

function quoted(text: string, needsQuotes: RegExp): string {
  return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
