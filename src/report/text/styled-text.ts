import { columnsOf, graphemesOf, widthOf } from "./text-width.ts";

const escapeCharacter = "\x1b";
const colourCodes = new RegExp(`(${escapeCharacter}\\[[0-9;]*m)`);

/** The number of columns of a text with colour codes. */
function styledWidth(text: string): number {
  return text.includes(escapeCharacter)
    ? widthOf(
        text
          .split(colourCodes)
          .filter((_, position) => position % 2 === 0)
          .join(""),
      )
    : widthOf(text);
}

/** Cuts a text with colour codes to a number of columns. All its colour codes are kept. */
export function cutStyled(text: string, columns: number): string {
  if (styledWidth(text) <= columns) return text;
  let left = columns - 1;
  let isCut = false;
  return text
    .split(colourCodes)
    .map((part, position) => {
      if (position % 2 === 1) return part;
      if (isCut) return "";
      let kept = "";
      for (const grapheme of graphemesOf(part)) {
        left -= columnsOf(grapheme);
        if (left < 0) {
          isCut = true;
          return `${kept}…`;
        }
        kept += grapheme;
      }
      return kept;
    })
    .join("");
}

/**
 * Wraps a line with colour codes between its words to lines of at most `columns` columns. The lines after the first are
 * indented by two columns more than it. A longer word is cut.
 */
export function wrapStyled(line: string, columns: number): string[] {
  if (styledWidth(line) <= columns) return [line];
  const [indent = ""] = /^ */.exec(line) ?? [];
  const further = `${indent}  `;
  const lines: string[] = [];
  let current = "";
  for (const word of line.slice(indent.length).split(/(?<= )(?! )/)) {
    const start = lines.length === 0 ? indent : further;
    const joined = current === "" ? start + word : current + word;
    if (current === "" || styledWidth(joined.trimEnd()) <= columns) {
      current = joined;
      continue;
    }
    lines.push(current.trimEnd());
    current = further + word;
  }
  return [...lines, current.trimEnd()].map((each) => cutStyled(each, columns));
}
