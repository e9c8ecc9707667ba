/** Owns standard error: log lines scroll, and on a terminal a status block stays below them, redrawn in place. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  #block: readonly string[] = [];

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get columns(): number {
    return this.#stream.columns ?? 100;
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** Prints a line above the block. */
  print(line: string): void {
    this.#stream.write(`${this.#erase()}${line}\n${this.#drawn()}`);
  }

  /** Replaces the block. */
  draw(lines: readonly string[]): void {
    const erase = this.#erase();
    const width = this.columns - 1;
    this.#block = lines.map((line) => cutToWidth(line, width));
    this.#stream.write(erase + this.#drawn());
  }

  /** Takes the block away. */
  clear(): void {
    this.draw([]);
  }

  #erase(): string {
    return this.#block.length === 0 ? "" : `\x1b[${this.#block.length}F\x1b[J`;
  }

  #drawn(): string {
    return this.#block.map((line) => `${line}\n`).join("");
  }
}

const escapeCharacter = "\x1b";
const colourCodes = new RegExp(`(${escapeCharacter}\\[[0-9;]*m)`);

/** Cuts a line that may hold colour codes to so many visible characters, so that it does not wrap. */
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
