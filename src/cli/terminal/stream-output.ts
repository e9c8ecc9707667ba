import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { Logger } from "pino";
import type { Master } from "../../master/master.ts";
import { windowLine } from "../../report/files/window-line.ts";
import type { Result } from "../../report/result/result-schema.ts";
import type { StreamLine } from "../../report/result/stream-schema.ts";
import { standardOutput } from "../../runner/output-file.ts";
import { stdout } from "../../runner/process/standard-streams.ts";
import { version } from "../../runner/process/version.ts";
import type { RunDefinition } from "../../runner/run-definition.ts";

/** What nobody has read by then is held back: a reader that stands still must not fill the memory. */
const mostWaitingBytes = 64_000_000;
const closeTimeoutMs = 10_000;

/**
 * Tells a run while it goes on, line by line. A stream that can no longer be written is given up with a warning: it must not
 * end the run.
 */
export class StreamOutput {
  /** Null for standard output. */
  readonly #file: WriteStream | null;
  readonly #path: string;
  readonly #log: Logger;
  readonly #unsubscribe: () => void;
  readonly #master: Master;
  #told = 0;
  #isBroken = false;

  constructor(path: string, { runId, testName, resolved, seed }: RunDefinition, master: Master, log: Logger) {
    this.#path = path;
    this.#log = log;
    this.#master = master;
    this.#file = path === standardOutput ? null : createWriteStream(path);
    this.#file?.on("error", this.#onError);
    const { profile, host } = resolved;
    const run = { id: runId, test: testName, profile, host, seed, musterVersion: version };
    this.#write({ type: "run", schema: "muster-stream/1", run });
    this.#unsubscribe = master.collector.recent.subscribe((window) => {
      this.#tellEvents();
      this.#write(windowLine(window));
    });
  }

  /** The last line. Resolves when all is written, or cannot be: to the path of the file, or null. */
  async finish(result: Result): Promise<string | null> {
    this.#tellEvents();
    this.#write({ type: "result", result });
    this.#unsubscribe();
    if (this.#file === null) {
      await stdout.settled();
      return null;
    }
    this.#file.end();
    await finished(this.#file, { signal: AbortSignal.timeout(closeTimeoutMs) }).catch(this.#onError);
    return this.#isBroken ? null : this.#path;
  }

  #tellEvents(): void {
    const { events } = this.#master;
    for (; this.#told < events.length; this.#told++) {
      const event = events[this.#told];
      if (event !== undefined) this.#write({ type: "event", ...event });
    }
  }

  #write(line: StreamLine): void {
    if (this.#isBroken) return;
    const target = this.#file ?? stdout;
    const waitingBytes = this.#file?.writableLength ?? stdout.waitingLength;
    if (stdout.fault !== null && this.#file === null) this.#onError(stdout.fault);
    else if (waitingBytes > mostWaitingBytes) this.#onError(new Error("nobody reads it"));
    else target.write(`${JSON.stringify(line)}\n`);
  }

  readonly #onError = (error: Error): void => {
    if (!this.#isBroken) this.#log.warn(`--stream ${this.#path} is given up: ${error.message}`);
    this.#isBroken = true;
  };
}
