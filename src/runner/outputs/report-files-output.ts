import type { OutputOptions } from "../run-options.ts";
import { outputFiles, printWritten } from "./output-files.ts";
import type { ReportSource, RunOutput } from "./run-output.ts";
import { withUnwritten } from "./unwritten-output.ts";

/**
 * Writes the report files of a run at its end. The user asked for them, so the run fails when one cannot be written. It is
 * the first output, so that nothing else, such as a full disk behind standard output, can keep the result from its file.
 */
export class ReportFilesOutput implements RunOutput {
  readonly name = "report files";
  readonly isRequired = true;
  readonly #options: OutputOptions;
  #written: readonly string[] = [];

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  /** The paths of the files that were written. */
  get written(): readonly string[] {
    return this.#written;
  }

  /**
   * Writes the files.
   * @throws ConfigurationError when a file could not be written; all other files are written nevertheless, and the result in
   * them says so
   */
  async finish(ended: ReportSource): Promise<void> {
    if (outputFiles(this.#options).length === 0) return;
    // The modules that make the files are not needed earlier.
    const { writeFiles } = await import("./report-files.ts");
    const { written, problem } = await writeFiles(this.#options, ended);
    this.#written = written;
    if (problem === null) return;
    // Write the files again, so that the exit code in them is that of the process. Standard output cannot be written twice.
    const again = { ...ended, result: withUnwritten(ended.result, problem) };
    await writeFiles(this.#options, again, (path) => written.includes(path));
    throw problem;
  }
}

/** Prints at the end of the output which report files were written. */
export class WrittenFilesOutput implements RunOutput {
  readonly name = "the list of report files";
  readonly #files: ReportFilesOutput;
  readonly #options: OutputOptions;

  constructor(files: ReportFilesOutput, options: OutputOptions) {
    this.#files = files;
    this.#options = options;
  }

  finish(): void {
    printWritten(this.#files.written, this.#options);
  }
}
