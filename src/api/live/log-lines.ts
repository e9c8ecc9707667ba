import type { LogLine } from "../contract/live.ts";

/** For people who come later. */
const maxLines = 1_000;

/** The latest lines of all logs. */
export class LogLines {
  /** Hears each line as it is added. */
  listener: (line: LogLine) => void = () => {};
  #lines: LogLine[] = [];

  add(line: LogLine): void {
    this.#lines.push(line);
    this.listener(line);
    if (this.#lines.length > 2 * maxLines) this.#lines = this.#lines.slice(-maxLines);
  }

  /** The oldest first; those of one node only, when it is named. */
  latest(node: string | null): readonly LogLine[] {
    return this.#lines.filter((line) => node === null || line.node === node).slice(-maxLines);
  }
}
