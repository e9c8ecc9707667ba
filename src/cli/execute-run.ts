import { randomBytes, randomInt } from "node:crypto";
import { Master } from "../master/master.ts";
import { styleFor } from "../report/style.ts";
import { terminalSummary } from "../report/terminal-summary.ts";
import { readEnvironment } from "../scenario/environment.ts";
import { showLive } from "./live-display.ts";
import { listenToKeys } from "./live-keys.ts";
import { loadTest } from "./load-test.ts";
import { createLogger } from "./logger.ts";
import type { RunOptions } from "./options.ts";
import { probeHost } from "./probe-host.ts";
import { resultOf } from "./result-of.ts";
import { Screen } from "./screen.ts";
import { onSignals } from "./signals.ts";
import { version } from "./version.ts";
import { requireWritable, writeResult } from "./write-result.ts";

export interface Execution {
  readonly words: readonly string[];
  readonly options: RunOptions;
  readonly expectWorkers: number;
  readonly expectWorkersMaxWaitMs: number;
  readonly bindHost: string;
  readonly bindPort: number;
  readonly token: string;
  /** Called once the master listens; what it returns ends what it began. */
  readonly onListening: (port: number, token: string) => () => Promise<void>;
}

/** Carries out one run with this process as the master, and reports it. Sets the exit code. */
export async function executeRun(execution: Execution): Promise<void> {
  const { options, expectWorkers } = execution;
  const screen = new Screen(process.stderr);
  const style = styleFor(process.stderr, process.env);
  const log = createLogger(options.loglevel, screen, style);
  const stopper = new Stopper();
  // For the rest of this process: a signal must be lost neither while the test is loaded nor while the result is written.
  onSignals((signal) => stopper.stop(signal));
  await requireWritable(options.json);
  const { bundle, test, testName, resolved } = await loadTest(execution.words, options);
  const master = new Master({
    runId: newRunId(),
    testName,
    resolved,
    bundle,
    environment: readEnvironment(),
    hasSetup: test.setup !== undefined,
    hasTeardown: test.teardown !== undefined,
    seed: options.seed ?? randomInt(2 ** 31),
    expectWorkers,
    expectWorkersMaxWaitMs: execution.expectWorkersMaxWaitMs,
    stopTimeoutMs: options.stopTimeout,
    bindHost: execution.bindHost,
    bindPort: execution.bindPort,
    token: execution.token,
    log,
  });
  stopper.attach(master);
  const port = await master.roster.listen();
  log.info({ port }, `waiting for ${expectWorkers} ${expectWorkers === 1 ? "worker" : "workers"}`);
  probeHost(resolved.host, log);
  const endWorkers = execution.onListening(port, execution.token);
  const hide = showLive({ master, resolved, testName, expectWorkers, screen, style });
  const restoreKeys = listenToKeys(process.stdin, master, log);
  try {
    const result = resultOf(await master.run(), version);
    hide();
    if (options.json !== "-") process.stdout.write(terminalSummary(result, styleFor(process.stdout, process.env)));
    if (options.json !== undefined) await writeResult(options.json, result);
    if (options.json !== undefined && options.json !== "-") process.stdout.write(`  result: ${options.json}\n`);
    process.exitCode = result.exitCode;
  } finally {
    hide();
    restoreKeys();
    master.close();
    await endWorkers();
  }
}

/** Passes signals on to the master; those that come before there is one are kept for it. */
class Stopper {
  #master: Master | null = null;
  readonly #early: string[] = [];

  stop(signal: string): void {
    if (this.#master === null) this.#early.push(signal);
    else this.#master.stop(signal);
  }

  attach(master: Master): void {
    this.#master = master;
    for (const signal of this.#early) master.stop(signal);
  }
}

/** Sorts by time and is unique enough to name files by: "20261123-182345-3fa9". */
function newRunId(): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}
