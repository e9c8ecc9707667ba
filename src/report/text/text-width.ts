import { printable } from "../../core/readable-text.ts";

const wide =
  /^(?:\p{Emoji_Presentation}|\p{Regional_Indicator}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])|\ufe0f/u;
const empty = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * The number of columns that a text takes on a terminal. Control characters must have been removed: see `printable`.
 */
export function widthOf(text: string): number {
  // Nearly every text is plain ASCII.
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += columnsOf(segment);
  return width;
}

/** Cuts the text to a number of columns, with an ellipsis where it was cut. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = "";
  let width = 1;
  for (const { segment } of segmenter.segment(text)) {
    width += columnsOf(segment);
    if (width > columns) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The graphemes of a text: what a reader sees as single characters. */
export function graphemesOf(text: string): string[] {
  return /^[ -~]*$/.test(text) ? [...text] : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Wraps a text between words to lines of at most `columns` columns. A longer word is cut. */
export function wrapTo(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(cutTo(word, columns));
  }
  return lines;
}

/** Like `printable`, but texts that would look alike have their invisible characters written as \u{200b}. */
export function printableApart(texts: readonly string[]): string[] {
  const alike = Map.groupBy(new Set(texts), looksOf);
  return texts.map((text) => ((alike.get(looksOf(text))?.length ?? 0) > 1 ? withEscapes(text) : printable(text)));
}

function looksOf(text: string): string {
  return printable(text)
    .toWellFormed()
    .normalize("NFC")
    .replace(/\p{Cf}/gu, "")
    .replace(/\p{Zs}/gu, " ");
}

function withEscapes(text: string): string {
  return text.replace(/(?! )[\p{C}\p{M}\p{Z}]/gu, (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`);
}

/** The number of columns of one grapheme. */
export function columnsOf(grapheme: string): number {
  if (empty.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}

/** The maximum width of sentences. Longer lines are hard to read. */
export const widestSentence = 100;

/** Wraps a sentence with an indent to as many lines as it needs. */
export function indented(indent: string, text: string, width: number): string[] {
  const lines = wrapTo(printable(text), Math.min(width, widestSentence) - indent.length);
  return lines.map((line, position) => (position === 0 ? indent : " ".repeat(indent.length)) + line);
}
