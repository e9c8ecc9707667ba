import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Result, resultSchema } from "../../src/report/result/result-schema.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { type Cleanup, TestProcess } from "./test-process.ts";
import { waitUntil } from "./wait-until.ts";

const muster = fileURLToPath(new URL("../../bin/muster.js", import.meta.url));

/** A line of the log, which is JSON if standard error is not a terminal. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A command prefix that executes the process, such as `ip netns exec NAME`. */
  readonly through?: readonly string[];
}

/**
 * The test machine may be busy, so only tests about the health of workers and about their stalls react to it, and a master waits for workers
 * that start slowly.
 */
export const unmovedByStrain = {
  MUSTER_ON_WORKER_STRAIN: "ignore",
  MUSTER_STALL_LIMIT: "1h",
  MUSTER_EXPECT_WORKERS_MAX_WAIT: "10m",
} as const;

/** One `muster` command. */
export class MusterProcess extends TestProcess {
  /** The data directory with its runs. */
  readonly dataFolder: string;

  constructor(cleanup: Cleanup, words: readonly string[], options: ProcessOptions = {}) {
    const dataFolder = options.env?.MUSTER_DATA_DIR ?? join(tmpdir(), `muster-e2e-data-${randomUUID()}`);
    const env = { MUSTER_DATA_DIR: dataFolder, ...unmovedByStrain, ...options.env };
    super(cleanup, [muster, ...words], env, options.cwd, options.through);
    this.dataFolder = dataFolder;
    // Runs after the process has ended, because that was registered before.
    if (options.env?.MUSTER_DATA_DIR === undefined) {
      cleanup.after(() => rm(dataFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
    }
  }

  get log(): LogLine[] {
    return this.#errorLines()
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** The lines on standard error besides the log, and besides the progress line that it prints every 10 s. */
  get saidLines(): string[] {
    return this.#errorLines().filter((line) => !/^\{|^\d+:\d\d |^\s*$/.test(line));
  }

  /** The port on which a master listens for workers. */
  async masterPort(): Promise<number> {
    const [, port] = await this.errorOutput(/"port":(\d+)/);
    return Number(port);
  }

  /** Resolves to the process ids of the workers that have joined, once there are `count`. */
  workerPids(count: number): Promise<number[]> {
    return waitUntil(`${count} workers`, () => {
      const joined = this.log.filter((line) => line.msg === "worker joined");
      return joined.length >= count && joined.map((line) => Number(line.pid));
    });
  }

  /** Complete lines only: the rest of the last one may not have arrived. */
  #errorLines(): string[] {
    return this.stderr.split("\n").slice(0, -1);
  }
}

/** A `muster run` or `muster master` whose result is written to a file. */
export class MusterRun extends MusterProcess {
  readonly resultFile: string;

  private constructor(cleanup: Cleanup, words: readonly string[], options: ProcessOptions, resultFile: string) {
    super(cleanup, [...words, `--json=${resultFile}`], options);
    this.resultFile = resultFile;
  }

  static async start(
    cleanup: Cleanup,
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
    through: readonly string[] = [],
  ): Promise<MusterRun> {
    return new MusterRun(cleanup, words, { env, through }, join(await temporaryFolder(cleanup), "result.json"));
  }

  /** Waits for the end of the run and reads its result, validated by the strict schema. */
  async finished(timeoutMs?: number): Promise<{ code: number | null; result: Result }> {
    const { code } = await this.ended(timeoutMs);
    const text = await readFile(this.resultFile, "utf8").catch((cause: unknown) => {
      throw new Error(`no result; exit code ${code}\n${this.stdout}\n${this.stderr}`, { cause });
    });
    return { code, result: resultSchema.parse(JSON.parse(text)) };
  }
}

/** Runs a test from beginning to end. */
export async function completedRun(
  cleanup: Cleanup,
  words: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<{ code: number | null; result: Result; run: MusterRun }> {
  const run = await MusterRun.start(cleanup, ["run", ...words], env);
  return { ...(await run.finished()), run };
}

/** Runs a test until `enough` returns true, however long that takes, and then stops it gently. */
export async function runUntil(
  cleanup: Cleanup,
  words: readonly string[],
  enough: () => boolean | Promise<boolean>,
): Promise<Result> {
  const run = await MusterRun.start(cleanup, ["run", ...words, "--run-time=10m"]);
  await waitUntil("enough requests", enough);
  run.kill("SIGTERM");
  const { code, result } = await run.finished();
  assert.equal(code, 105, run.stderr);
  assert.equal(result.interruptedIterations, 0);
  return result;
}
