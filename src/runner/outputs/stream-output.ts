import { renameSync, statSync } from "node:fs";
import { hideSecretsIn } from "../../core/redaction/known-secrets.ts";
import type { RunEvent } from "../../core/run.ts";
import { windowLine } from "../../report/files/window-line.ts";
import type { StreamLine } from "../../report/result/stream-schema.ts";
import type { Window } from "../../stats/windows.ts";
import { version } from "../process/version.ts";
import type { OutputOptions } from "../run-options.ts";
import { LineOutput } from "./line-output.ts";
import { printWritten } from "./output-files.ts";
import type { ReportSource, RunOutput, StartedRun } from "./run-output.ts";

const closeTimeoutMs = 10_000;
/** The ending of the name of an incomplete stream, so that it is not mistaken for a complete one. */
const incomplete = ".incomplete";

/**
 * `--stream`: one line of JSON for the run, each event, each window and the result (`muster-stream/1`), to a file or to
 * standard output.
 */
export class StreamOutput implements RunOutput {
  readonly name: string;
  readonly #path: string;
  readonly #options: OutputOptions;
  /** The open stream; null before `begin`. */
  #file: LineOutput | null = null;
  #isComplete = false;

  constructor(path: string, options: OutputOptions) {
    this.name = `--stream ${path}`;
    this.#path = path;
    this.#options = options;
  }

  /** Opens the stream. A resumed run appends to the file of its killed master, which has the windows before. */
  begin({ definition }: StartedRun): void {
    const { runId, testName, resolved, seed, restored } = definition;
    this.#file = new LineOutput(this.#path, { appends: restored !== null });
    const { profile, host } = resolved;
    const run = { id: runId, test: testName, profile, host, seed, musterVersion: version };
    this.#write({ type: "run", schema: "muster-stream/1", run });
  }

  window(window: Window): void {
    this.#write(windowLine(window));
  }

  event(event: RunEvent): void {
    this.#write({ type: "event", ...event });
  }

  async finish({ result }: ReportSource): Promise<void> {
    this.#write({ type: "result", result });
    await this.#file?.end(closeTimeoutMs);
    if (this.#file?.isStandardOutput !== false) return;
    this.#isComplete = true;
    printWritten([this.#path], this.#options);
  }

  close(): void {
    this.#file?.close();
    if (this.#file?.isStandardOutput !== false || this.#isComplete) return;
    try {
      if (statSync(this.#path).isFile()) renameSync(this.#path, `${this.#path}${incomplete}`);
    } catch {
      // The file was removed, or could not be created.
    }
  }

  /** Writes a line. @throws the error of the file or the pipe, perhaps a few lines late */
  #write(line: StreamLine): void {
    const file = this.#file;
    if (file === null) return;
    if (file.fault !== null) throw file.fault;
    if (file.isFull) throw new Error("too much of it waits to be written");
    // An error of this write is thrown with the next line, or at the end.
    void file.write(`${JSON.stringify(hideSecretsIn(line))}\n`);
  }
}
