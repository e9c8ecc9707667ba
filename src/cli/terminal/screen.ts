import type { StandardStream } from "../../runner/process/standard-stream.ts";

/** Writes log lines to standard error, and on a terminal a status block below them, which is redrawn in place. */
export class Screen {
  readonly #stream: StandardStream;
  #block: readonly string[] = [];

  constructor(stream: StandardStream) {
    this.#stream = stream;
  }

  get columns(): number {
    return this.#stream.columns;
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY;
  }

  /** Prints a line above the block. */
  print(line: string): void {
    this.#stream.tryWrite(`${this.#erase()}${line}\n${drawn(this.#block)}`);
  }

  /** Replaces the block, unless the terminal has not received the previous one yet. */
  draw(lines: readonly string[]): void {
    const width = this.columns - 1;
    if (this.#stream.waitingLength > 0 && lines.length > 0) return;
    const block = lines.map((line) => cutToWidth(line, width));
    if (this.#stream.tryWrite(this.#erase() + drawn(block))) this.#block = block;
  }

  /** Removes the block. */
  clear(): void {
    this.draw([]);
  }

  #erase(): string {
    return this.#block.length === 0 ? "" : `\x1b[${this.#block.length}F\x1b[J`;
  }
}

function drawn(block: readonly string[]): string {
  return block.map((line) => `${line}\n`).join("");
}

const escapeCharacter = "\x1b";
const colourCodes = new RegExp(`(${escapeCharacter}\\[[0-9;]*m)`);

/** Cuts a line, which may contain colour codes, to `width` visible characters, so that it does not wrap. */
function cutToWidth(line: string, width: number): string {
  let visible = 0;
  let cut = "";
  for (const part of line.split(colourCodes)) {
    if (part.startsWith(escapeCharacter)) {
      cut += part;
      continue;
    }
    const characters = [...part].slice(0, Math.max(0, width - visible));
    visible += characters.length;
    cut += characters.join("");
  }
  return cut;
}
