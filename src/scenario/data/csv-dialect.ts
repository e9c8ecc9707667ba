import { FileFault } from "../bundle/file-fault.ts";

/** The possible field separators and their names. */
const separators = new Map([
  [",", "commas"],
  [";", "semicolons"],
  ["\t", "tabs"],
  ["|", "bars"],
]);

export interface CsvDialect {
  /** The field separator, one character. */
  readonly separator: string;
  /** The offset of the header in the text. */
  readonly start: number;
  /** The line number of the header, from 1. */
  readonly line: number;
  /** Whether lines end with a single carriage return, as on a Mac before 2001. */
  readonly endsInReturns: boolean;
}

/**
 * Detects the dialect of a CSV file from Excel's `sep=;` in its first line, or from its header.
 * @throws FileFault if the header is ambiguous
 */
export function dialectOf(text: string): CsvDialect {
  const said = /^"?sep=([^"\r\n])"?(\r\n|\n|\r)/i.exec(text);
  if (said !== null) {
    const [all, separator = ",", end] = said;
    return { separator, start: all.length, line: 2, endsInReturns: end === "\r" };
  }
  const { counts, end, start, line } = readHeader(text);
  const found = [...counts.keys()];
  if (found.length > 1) {
    const kinds = found.map((separator) => separators.get(separator)).join(" and ");
    throw new FileFault(
      `the first line has ${kinds}: put names that hold one into double quotes, or begin the file with a line such as sep=${found[0]}`,
      line,
    );
  }
  return { separator: found[0] ?? ",", start, line, endsInReturns: text[end] === "\r" && text[end + 1] !== "\n" };
}

interface Header {
  /** The number of each possible separator outside of quotes. */
  readonly counts: ReadonlyMap<string, number>;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

function readHeader(text: string): Header {
  const blank = /^[\r\n]*/.exec(text)?.[0] ?? "";
  const counts = new Map<string, number>();
  let isQuoted = false;
  let at = blank.length;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === "\n" || character === "\r") break;
    else if (separators.has(character)) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const line = 1 + (blank.match(/\r\n|\n|\r/g)?.length ?? 0);
  return { counts, start: blank.length, end: at, line };
}
