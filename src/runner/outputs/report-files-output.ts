import type { OutputOptions } from "../run-options.ts";
import { outputFiles, printWritten } from "./output-files.ts";
import type { ReportSource, RunOutput } from "./run-output.ts";

/** Writes the report files of a run at its end. The user asked for them, so the run fails when one cannot be written. */
export class ReportFilesOutput implements RunOutput {
  readonly name = "report files";
  readonly isRequired = true;
  readonly #options: OutputOptions;

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  /** @throws ConfigurationError or StoreError when a file could not be written; all others are written nevertheless */
  async finish(ended: ReportSource): Promise<void> {
    if (outputFiles(this.#options).length === 0) return;
    // The modules that make the files are not needed before.
    const { writeFiles } = await import("./report-files.ts");
    printWritten(await writeFiles(this.#options, ended), this.#options);
  }
}
