/** What is wrong with a file that a test imports, and in which of its lines (from 1). */
export class FileFault extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}
