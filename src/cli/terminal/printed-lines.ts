import { stripVTControlCharacters } from "node:util";

const escapeCharacter = "\x1b";
const resetColours = `${escapeCharacter}[0m`;
const colourCodes = new RegExp(`(${escapeCharacter}\\[[0-9;:]*m)`);
/** All control characters but the tab. */
const controls = /[\p{Zl}\p{Zp}]|(?!\t)\p{Cc}/gu;
/** A longer line is broken, because a text that never ends its line must not be kept for ever. */
const longestLine = 100_000;

/**
 * Makes lines of what one source prints, for a terminal on which something else is drawn: keeps texts and colours, and removes
 * what would move the cursor or erase lines. A line that is not ended yet is kept.
 */
export class PrintedLines {
  #open = "";

  /** Returns the lines that the text ends, each with a line break. */
  push(text: string): string {
    const lines = (this.#open + text).split(/\r*\n/);
    this.#open = lines.pop() ?? "";
    while (this.#open.length > longestLine) {
      lines.push(this.#open.slice(0, longestLine));
      this.#open = this.#open.slice(longestLine);
    }
    return lines.map((line) => `${harmless(line)}\n`).join("");
  }

  /** The line that is not ended yet; "" if there is none. */
  get open(): string {
    return harmless(this.#open);
  }

  /** Returns that line, and forgets it. */
  flush(): string {
    const { open } = this;
    this.#open = "";
    return open;
  }
}

/** Removes all control sequences but colours, which end with the line. What a return overwrites is removed, as on a terminal. */
function harmless(line: string): string {
  if (/^[\t -~]*$/.test(line)) return line;
  const shown = line.split("\r").findLast((part) => part !== "") ?? "";
  const parts = shown.split(colourCodes).map((part, position) => (position % 2 === 1 ? part : withoutControls(part)));
  return `${parts.join("")}${parts.length > 1 ? resetColours : ""}`;
}

function withoutControls(text: string): string {
  return stripVTControlCharacters(text).replace(controls, "");
}
