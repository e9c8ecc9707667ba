import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Result, resultSchema } from "../../src/report/result/result-schema.ts";
import { waitUntil } from "../../tests/support/wait-until.ts";
import { BenchError } from "../machine/bench-error.ts";
import { BenchProcess, type ProcessOptions } from "../machine/bench-process.ts";
import { TemporaryFolder } from "../machine/temporary-folder.ts";

const muster = fileURLToPath(new URL("../../bin/muster.js", import.meta.url));

export const scenarioFile = (name: "plain" | "endpoints" | "idle" | "uploads" | "download" | "websocket"): string =>
  fileURLToPath(new URL(`../scenarios/${name}.ts`, import.meta.url));

/** `muster run` with one worker process, by default settings: with its store, in a temporary folder. */
export class MusterRun implements AsyncDisposable {
  readonly #process: BenchProcess;
  readonly #resultFile: string;
  /** Where it keeps its run, until this is disposed of. */
  readonly dataFolder: string;
  readonly #owned: AsyncDisposableStack;

  private constructor(process: BenchProcess, resultFile: string, dataFolder: string, owned: AsyncDisposableStack) {
    this.dataFolder = dataFolder;
    this.#process = process;
    this.#resultFile = resultFile;
    this.#owned = owned;
  }

  static async start(file: string, flags: readonly string[], options: ProcessOptions): Promise<MusterRun> {
    await using owned = new AsyncDisposableStack();
    const folder = owned.use(await TemporaryFolder.create());
    const resultFile = folder.file("result.json");
    const kept = [`--data-dir=${folder.file("data")}`, `--json=${resultFile}`];
    const words = [process.execPath, muster, "run", file, "--workers=1", "--headless", ...kept, ...flags];
    const started = owned.use(new BenchProcess(words, options));
    return new MusterRun(started, resultFile, folder.file("data"), owned.move());
  }

  /** The process id of the worker, as soon as it has joined. */
  async workerPid(): Promise<number> {
    return await waitUntil("the worker joins", () => {
      this.requireRunning();
      // The last line may still be on its way.
      const lines = this.#process.stderr.split("\n").slice(0, -1);
      const joined = lines.find((line) => line.startsWith("{") && line.includes('"worker joined"'));
      return joined === undefined ? null : (JSON.parse(joined) as { pid: number }).pid;
    });
  }

  requireRunning(): void {
    if (this.#process.hasEnded) throw new BenchError(`muster has ended before its time; ${this.#process.lastWords}`);
  }

  stop(): void {
    this.#process.signal("SIGTERM");
  }

  /** Waits for the end. Whatever the verdict (a generator at its limit calls a run invalid): the figures count. */
  async finished(timeoutMs: number): Promise<Result> {
    const code = await this.#process.ended(timeoutMs);
    const text = await readFile(this.#resultFile, "utf8").catch(() => "");
    if (text === "") throw new BenchError(`muster ended with ${code} and no result; ${this.#process.lastWords}`);
    return resultSchema.parse(JSON.parse(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
