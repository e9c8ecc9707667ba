import { createWriteStream, renameSync, statSync, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { hideSecretsIn } from "../../core/redaction/known-secrets.ts";
import type { RunEvent } from "../../core/run.ts";
import { windowLine } from "../../report/files/window-line.ts";
import type { StreamLine } from "../../report/result/stream-schema.ts";
import type { Window } from "../../stats/windows.ts";
import { stdout } from "../process/standard-streams.ts";
import { version } from "../process/version.ts";
import type { OutputOptions } from "../run-options.ts";
import { openOutput, standardOutput } from "./output-file.ts";
import { printWritten } from "./output-files.ts";
import type { ReportSource, RunOutput, StartedRun } from "./run-output.ts";

/** More than this must not wait to be read: a reader that stands still would fill the memory. */
const maxWaitingBytes = 64_000_000;
const closeTimeoutMs = 10_000;
/** The name of a stream without its last line, so that it is not mistaken for a complete one. */
const incomplete = ".incomplete";

/**
 * `--stream`: one line of JSON for the run, each event, each window and the result (`muster-stream/1`), to a file or to
 * standard output.
 */
export class StreamOutput implements RunOutput {
  readonly name: string;
  readonly #path: string;
  readonly #options: OutputOptions;
  /** Null for standard output, and before `begin`. */
  #file: WriteStream | null = null;
  /** Why the file cannot be written any more. */
  #fault: Error | null = null;
  #isComplete = false;

  constructor(path: string, options: OutputOptions) {
    this.name = `--stream ${path}`;
    this.#path = path;
    this.#options = options;
  }

  begin({ definition }: StartedRun): void {
    const { runId, testName, resolved, seed } = definition;
    if (this.#path !== standardOutput) {
      const fd = openOutput(this.#path);
      this.#file = createWriteStream(this.#path, fd === null ? {} : { fd }).on("error", (error) => {
        this.#fault ??= error;
      });
    }
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
    if (this.#file === null) return await stdout.settled();
    this.#file.end();
    await finished(this.#file, { signal: AbortSignal.timeout(closeTimeoutMs) });
    this.#isComplete = true;
    printWritten([this.#path], this.#options);
  }

  close(): void {
    this.#file?.destroy();
    if (this.#file === null || this.#isComplete) return;
    try {
      if (statSync(this.#path).isFile()) renameSync(this.#path, `${this.#path}${incomplete}`);
    } catch {
      // It was removed, or could not be created.
    }
  }

  /** @throws why the file or the pipe cannot be written, perhaps a few lines late */
  #write(line: StreamLine): void {
    const target = this.#file ?? stdout;
    const fault = this.#file === null ? stdout.fault : this.#fault;
    if (fault !== null) throw fault;
    const waitingBytes = this.#file?.writableLength ?? stdout.waitingLength;
    if (waitingBytes > maxWaitingBytes) throw new Error("nobody reads it");
    target.write(`${JSON.stringify(hideSecretsIn(line))}\n`);
  }
}
