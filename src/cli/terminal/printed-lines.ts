import { stripVTControlCharacters } from "node:util";

const escapeCharacter = "\x1b";
const resetColours = `${escapeCharacter}[0m`;
const colourCodes = new RegExp(`(${escapeCharacter}\\[[0-9;:]*m)`);
/** All control characters but the tab. */
const controls = /[\p{Zl}\p{Zp}]|(?!\t)\p{Cc}/gu;
/** The longest line that is kept. A longer one is broken, because a text without line breaks must not accumulate. */
const longestLine = 100_000;

/**
 * Splits the output of one source into lines, for a terminal that also shows something else. Text and colours are kept;
 * sequences that would move the cursor or erase lines are removed. An unfinished line is kept until it ends.
 */
export class PrintedLines {
  #open = "";

  /** Returns the lines that the text completes, each with a line break. */
  push(text: string): string {
    const lines = (this.#open + text).split(/\r*\n/);
    this.#open = lines.pop() ?? "";
    while (this.#open.length > longestLine) {
      lines.push(this.#open.slice(0, longestLine));
      this.#open = this.#open.slice(longestLine);
    }
    return lines.map((line) => `${harmless(line)}\n`).join("");
  }

  /** The unfinished line; "" if there is none. */
  get open(): string {
    return harmless(this.#open);
  }

  /** Returns the unfinished line, and forgets it. */
  flush(): string {
    const { open } = this;
    this.#open = "";
    return open;
  }
}

/**
 * Removes all control sequences except colours, which end with the line. Text that a carriage return overwrites is removed, as
 * on a terminal.
 */
function harmless(line: string): string {
  if (/^[\t -~]*$/.test(line)) return line;
  const shown = line.split("\r").findLast((part) => part !== "") ?? "";
  const parts = shown.split(colourCodes).map((part, position) => (position % 2 === 1 ? part : withoutControls(part)));
  return `${parts.join("")}${parts.length > 1 ? resetColours : ""}`;
}

function withoutControls(text: string): string {
  return stripVTControlCharacters(text).replace(controls, "");
}
