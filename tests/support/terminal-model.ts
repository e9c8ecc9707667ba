import { columnsOf, graphemesOf } from "../../src/report/text/text-width.ts";

interface Row {
  cells: string[];
  /** Whether the row continues in the next one, because the text was too long. */
  wraps: boolean;
}

const escapeCharacter = "\x1b";
const sequence = new RegExp(`${escapeCharacter}\\[(\\??)([\\d;]*)([A-Za-z])`, "y");
/** The start of a sequence whose rest has not come yet. */
const cutSequence = new RegExp(`${escapeCharacter}(\\[\\??[\\d;]*)?$`);

/**
 * A terminal that keeps all rows that have scrolled out of it: texts, line breaks, the movements and erasures that muster uses, and
 * changes of its size. Text breaks at its right edge unless that is switched off.
 */
export class TerminalModel {
  columns: number;
  rows: number;
  readonly #reflows: boolean;
  #lines: Row[] = [{ cells: [], wraps: false }];
  #row = 0;
  #column = 0;
  #wrapsAtEdge = true;
  #cut = "";
  readonly unknown: string[] = [];

  /** @param reflows whether lines wrap anew when the width changes, as in tmux and VTE but not in xterm */
  constructor(columns: number, rows: number, reflows = true) {
    this.columns = columns;
    this.rows = rows;
    this.#reflows = reflows;
  }

  /** All lines since the start; a line that was wrapped is one. */
  get text(): string {
    return this.#logical()
      .map(({ cells }) => cells.join("").trimEnd())
      .join("\n")
      .trimEnd();
  }

  write(added: string): void {
    const all = this.#cut + added;
    [this.#cut] = cutSequence.exec(all) ?? [""];
    const text = all.slice(0, all.length - this.#cut.length);
    let place = 0;
    while (place < text.length) {
      sequence.lastIndex = place;
      const match = sequence.exec(text);
      if (match !== null) {
        this.#control(match[1] === "?", match[2] ?? "", match[3] ?? "");
        place = sequence.lastIndex;
        continue;
      }
      const end = text.indexOf(escapeCharacter, place + 1);
      const part = text.slice(place, end < 0 ? text.length : end);
      for (const piece of part.split(/(?<=[\r\n])|(?=[\r\n])/)) this.#put(piece);
      place += part.length;
    }
  }

  resize(columns: number, rows: number): void {
    if (this.#reflows && columns !== this.columns) this.#reflow(columns);
    this.columns = columns;
    this.rows = rows;
    if (!this.#reflows) for (const line of this.#lines) line.cells.length = Math.min(line.cells.length, columns);
    this.#column = Math.min(this.#column, columns - 1);
  }

  #put(piece: string): void {
    if (piece === "\n") this.#down(false);
    else if (piece === "\r") this.#column = 0;
    else for (const grapheme of graphemesOf(piece)) this.#character(grapheme);
  }

  #character(grapheme: string): void {
    if (/\p{Cc}/u.test(grapheme) && grapheme !== "\t") {
      this.unknown.push(JSON.stringify(grapheme));
      return;
    }
    const width = grapheme === "\t" ? 8 - (this.#column % 8) : columnsOf(grapheme);
    if (this.#column + width > this.columns) {
      if (!this.#wrapsAtEdge) return;
      this.#down(true);
    }
    const line = this.#line(this.#row);
    while (line.cells.length < this.#column) line.cells.push(" ");
    line.cells.splice(this.#column, width, grapheme, ...Array.from({ length: Math.max(0, width - 1) }, () => ""));
    this.#column += width;
  }

  #down(wraps: boolean): void {
    this.#line(this.#row).wraps = wraps;
    this.#row++;
    this.#column = 0;
    this.#line(this.#row);
  }

  #line(row: number): Row {
    while (this.#lines.length <= row) this.#lines.push({ cells: [], wraps: false });
    return this.#lines[row] as Row;
  }

  #control(isPrivate: boolean, parameters: string, letter: string): void {
    const count = Number(parameters) || 1;
    const top = Math.max(0, this.#lines.length - this.rows);
    if (letter === "m") return;
    if (isPrivate && parameters === "7") this.#wrapsAtEdge = letter === "h";
    else if (letter === "F") {
      this.#row = Math.max(top, this.#row - count);
      this.#column = 0;
    } else if (letter === "J" && parameters === "") {
      const line = this.#line(this.#row);
      line.cells.length = Math.min(line.cells.length, this.#column);
      line.wraps = false;
      this.#lines.length = this.#row + 1;
    } else this.unknown.push(`${parameters}${letter}`);
  }

  #logical(): Row[] {
    const lines: Row[] = [];
    let isOpen = false;
    for (const { cells, wraps } of this.#lines) {
      const last = lines.at(-1);
      if (isOpen && last !== undefined) last.cells.push(...cells);
      else lines.push({ cells: [...cells], wraps: false });
      isOpen = wraps;
    }
    return lines;
  }

  #reflow(columns: number): void {
    let [line, offset] = [0, this.#column];
    for (const [row, { wraps, cells }] of this.#lines.slice(0, this.#row).entries()) {
      if (!wraps) [line, offset] = [line + 1, this.#column];
      else offset += cells.length;
      if (!wraps && row + 1 === this.#row) offset = this.#column;
    }
    const rows: Row[] = [];
    for (const [position, { cells }] of this.#logical().entries()) {
      if (position === line) [this.#row, this.#column] = [rows.length + Math.floor(offset / columns), offset % columns];
      do rows.push({ cells: cells.splice(0, columns), wraps: cells.length > 0 });
      while (cells.length > 0);
    }
    this.#lines = rows;
    this.#line(this.#row);
  }
}
