/** Makes a line of CSV. */
export type CsvRow = (cells: readonly (string | number)[]) => string;

/** The first characters by which a spreadsheet takes a text for a formula (OWASP, CSV Injection), also in full width. */
const formula = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * Returns a row of CSV in which a spreadsheet finds no formula: an apostrophe is put before a text that would be one. Texts that
 * contain the separators of other locales are quoted. Numbers are not changed.
 */
export function csvRow(cells: readonly (string | number)[]): string {
  return rowOf(
    cells.map((cell) => (typeof cell === "string" && formula.test(cell) ? `'${cell}` : cell)),
    /[",;\t\r\n]/,
  );
}

/** Returns a row of CSV as Python's csv module writes it (RFC 4180): with quotes only where they are needed, and CR LF at the end. */
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
