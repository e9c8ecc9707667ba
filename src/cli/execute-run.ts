import type { Logger } from "pino";
import { Master } from "../master/master.ts";
import type { StoredRun } from "../master/stored-run.ts";
import type { Result } from "../report/result-schema.ts";
import { styleFor } from "../report/style.ts";
import { terminalSummary } from "../report/terminal-summary.ts";
import { Store } from "../store/store.ts";
import { showLive } from "./live-display.ts";
import { listenToKeys } from "./live-keys.ts";
import { createLogger } from "./logger.ts";
import { probeHost } from "./probe-host.ts";
import { resultOf } from "./result-of.ts";
import { type AskedRun, defineRun } from "./run-definition.ts";
import { Screen } from "./screen.ts";
import { onSignals } from "./signals.ts";
import { version } from "./version.ts";
import { requireWritable, writeResult } from "./write-result.ts";

export interface Execution extends AskedRun {
  readonly bindHost: string;
  readonly bindPort: number;
  readonly token: string;
  /** Called once the master listens; what it returns ends what it began. */
  readonly onListening: (master: Master, port: number, token: string) => () => Promise<void>;
}

/** Carries out one run with this process as the master, and reports it. Sets the exit code. */
export async function executeRun(execution: Execution): Promise<void> {
  const { options } = execution;
  const stopper = new Stopper();
  // For the rest of this process: a signal must be lost neither while the test is loaded nor while the result is written.
  onSignals((signal) => stopper.stop(signal));
  await requireWritable(options.json);
  const store = options.store ? Store.open(options.dataDir) : null;
  try {
    await executeWith(store, stopper, execution);
  } finally {
    store?.close();
  }
}

async function executeWith(store: Store | null, stopper: Stopper, execution: Execution): Promise<void> {
  const { options, bindHost, bindPort, token } = execution;
  const screen = new Screen(process.stderr);
  const style = styleFor(process.stderr, process.env);
  const log = createLogger(options.loglevel, screen, style);
  const definition = await defineRun(execution, store);
  const { resolved, testName, expectWorkers, runId } = definition;
  const master = new Master({ ...definition, bindHost, bindPort, token, log });
  stopper.attach(master);
  const port = await master.roster.listen();
  if (definition.restored !== null) log.info({ port, run: runId }, `resuming run ${runId}: waiting for its workers`);
  else log.info({ port, run: runId }, `waiting for ${expectWorkers} ${expectWorkers === 1 ? "worker" : "workers"}`);
  probeHost(resolved.host, log);
  const endWorkers = execution.onListening(master, port, token);
  const hide = showLive({ master, resolved, testName, expectWorkers, screen, style });
  const restoreKeys = listenToKeys(process.stdin, master, log);
  // What was measured is worth a result even then.
  const onDefect = (error: Error) => {
    if (!master.fail(error)) throw error;
  };
  process.on("uncaughtException", onDefect);
  try {
    const result = resultOf(await master.run(), version);
    hide();
    keepResult(definition.storage, result, log);
    if (options.json !== "-") process.stdout.write(terminalSummary(result, styleFor(process.stdout, process.env)));
    if (options.json !== undefined) await writeResult(options.json, result);
    if (options.json !== undefined && options.json !== "-") process.stdout.write(`  result: ${options.json}\n`);
    process.exitCode = result.exitCode;
  } finally {
    process.off("uncaughtException", onDefect);
    hide();
    restoreKeys();
    master.close();
    await endWorkers();
  }
}

/** A store that fails now has said so already, or takes nothing from the result that is printed. */
function keepResult(storage: StoredRun | null, result: Result, log: Logger): void {
  try {
    storage?.saveResult(result);
  } catch (error) {
    log.warn(`the result is not in the store: ${error instanceof Error ? error.message : String(error)}`);
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
