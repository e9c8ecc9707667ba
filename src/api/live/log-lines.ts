import type { LogLine } from "../contract/live.ts";

/** The number of lines that are kept for clients that connect later. */
const maxLines = 1_000;

/** Keeps the latest log lines of the master and the workers. */
export class LogLines {
  /** Called with each line that is added. */
  listener: (line: LogLine) => void = () => {};
  #lines: LogLine[] = [];

  add(line: LogLine): void {
    this.#lines.push(line);
    this.listener(line);
    if (this.#lines.length > 2 * maxLines) this.#lines = this.#lines.slice(-maxLines);
  }

  /** Returns the kept lines, the oldest first. @param node selects the lines of a node, such as "worker 3"; null for all lines */
  latest(node: string | null): readonly LogLine[] {
    return this.#lines.filter((line) => node === null || line.node === node).slice(-maxLines);
  }
}
