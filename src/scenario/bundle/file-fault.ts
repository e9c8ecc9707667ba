/** An error in a file that a test imports. `line` starts at 1. */
export class FileFault extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}
