import { stripVTControlCharacters } from "node:util";
import { printable } from "../../core/readable-text.ts";
import { cutStyled } from "../../report/text/styled-text.ts";
import { widthOf } from "../../report/text/text-width.ts";
import type { StandardStream } from "../../runner/process/standard-stream.ts";
import type { PrintedTexts, WorkerOutput } from "../../runner/process/worker-output.ts";
import { PrintedLines } from "./printed-lines.ts";

/** Returns the lines of the status block for a terminal of this size. */
export type Render = (columns: number, rows: number) => readonly string[];

/** The maximum number of unfinished lines that the block shows. */
const shownOpenLines = 2;
const eraseBelow = "\r\x1b[J";
const [wrapOff, wrapOn] = ["\x1b[?7l", "\x1b[?7h"];

/**
 * Writes log lines to standard error, and on a terminal a status block below them, which is redrawn in place. All text that is
 * written to the streams of the terminal appears above the block.
 *
 * Between two writes the cursor is at the start of the block. Everything below it can then be erased, even if the width of the
 * terminal has changed and the terminal has wrapped the lines of the block.
 */
export class Screen {
  readonly #stream: StandardStream;
  readonly #isShared: boolean;
  readonly #sources = new Set<PrintedLines>();
  #render: Render | null = null;
  #block: readonly string[] = [];
  #isShown = false;
  /** The source of the unfinished line on the terminal while there is no block; null if there is no such line. */
  #openedBy: PrintedLines | null = null;

  /** @param streams the streams that write to the same terminal as the first, standard error */
  constructor(streams: readonly [StandardStream, ...StandardStream[]]) {
    [this.#stream] = streams;
    this.#isShared = streams.length > 1;
    if (!this.isTerminal) return;
    for (const stream of streams) {
      const source = new PrintedLines();
      this.#sources.add(source);
      stream.transform = (text, isLines) => this.#written(text, isLines ? null : source);
    }
    this.#stream.onResize(() => this.#redraw());
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY;
  }

  /** The functions by which workers of this machine print to the terminal of the block. */
  get workerOutput(): WorkerOutput {
    const print = this.isTerminal ? () => this.#printer() : null;
    return { ofOutput: this.#isShared ? print : null, ofErrors: print };
  }

  /** Prints a line above the block. */
  print(line: string): void {
    this.#stream.tryWrite(`${line}\n`, true);
  }

  /** Replaces the block, unless the terminal has not received the previous one yet. Draws it again when the size changes. */
  draw(render: Render): void {
    if (this.#render === null) process.once("exit", this.#clear);
    this.#render = render;
    if (this.#stream.waitingLength === 0) this.#redraw();
  }

  /** Removes the block. */
  clear(): void {
    process.off("exit", this.#clear);
    this.#clear();
  }

  readonly #clear = (): void => {
    this.#render = null;
    if (!this.#isShown) return;
    this.#block = [];
    this.#stream.refresh();
  };

  #redraw(): void {
    if (this.#render === null) return;
    this.#block = this.#render(this.#stream.columns, this.#stream.rows);
    this.#stream.refresh();
  }

  #printer(): PrintedTexts {
    const source = new PrintedLines();
    this.#sources.add(source);
    return {
      // Print only whole lines, because several workers write at the same time.
      print: (text) => {
        const lines = source.push(text);
        if (lines !== "") this.#stream.tryWrite(lines, true);
      },
      end: () => {
        const open = source.flush();
        this.#sources.delete(source);
        if (open !== "") this.#stream.tryWrite(`${open}\n`, true);
      },
    };
  }

  /**
   * Returns what is written to the terminal for a text: without a block, the text itself.
   * @param source null for whole lines, which do not continue another line
   */
  #written(text: string, source: PrintedLines | null): string {
    if (!this.#isShown && this.#block.length === 0) {
      if (text === "") return text;
      const gap = this.#openedBy === null || this.#openedBy === source ? "" : "\n";
      this.#openedBy = text.endsWith("\n") ? null : source;
      return gap + text;
    }
    const start = this.#isShown ? eraseBelow : this.#openedBy === null ? "" : "\n";
    const lines = source?.push(text) ?? text;
    this.#isShown = this.#block.length > 0;
    if (this.#isShown) return `${start}${lines}${this.#drawn()}`;
    const open = [...this.#sources].map((each) => each.flush()).filter((line) => line !== "");
    this.#openedBy = open.length === 0 ? null : new PrintedLines();
    return `${start}${lines}${open.join("\n")}`;
  }

  /**
   * Returns the text that draws the block and moves the cursor to its start. The block is never higher than the terminal,
   * because its start would then be out of reach.
   */
  #drawn(): string {
    const { columns, rows } = this.#stream;
    const width = Math.max(1, columns - 1);
    const open = [...this.#sources]
      .map((source) => printable(stripVTControlCharacters(source.open)))
      .filter((line) => line !== "");
    const tails = open.slice(-shownOpenLines).map((line) => tailOf(line, width));
    const lines = [...tails, ...this.#block.map((line) => cutStyled(line, width))].slice(0, Math.max(1, rows - 1));
    const up = lines.length > 1 ? `\x1b[${lines.length - 1}F` : "\r";
    // Wrapping is off, because a terminal may count the columns of a character differently, or may just have become narrower.
    return `${wrapOff}${lines.join("\n")}${wrapOn}${up}`;
  }
}

/** Returns the end of an unfinished line, cut to the width. */
function tailOf(line: string, width: number): string {
  let tail = line;
  if (line.length > 4 * width) tail = line.slice(-4 * width);
  while (widthOf(tail) > width) tail = tail.slice(1);
  return tail;
}
