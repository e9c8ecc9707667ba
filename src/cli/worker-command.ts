import { Command } from "commander";
import { formatDuration } from "../core/duration.ts";
import { exitCodes, MusterError } from "../core/errors.ts";
import { styleFor } from "../report/style.ts";
import { connectToMaster, newHello } from "../worker/connect.ts";
import { Worker } from "../worker/worker.ts";
import { ChildWorkers } from "./child-workers.ts";
import { createLogger } from "./logger.ts";
import * as value from "./option-values.ts";
import { addLogOptions, addTokenOption, option } from "./options.ts";
import { Screen } from "./screen.ts";
import { onSignals } from "./signals.ts";
import { version } from "./version.ts";

interface WorkerOptions {
  readonly masterHost: string;
  readonly masterPort: number;
  readonly connectTimeout: number;
  readonly stopTimeout: number;
  readonly processes: number;
  readonly token?: string;
  readonly loglevel: value.LogLevel;
}

export function workerCommand(): Command {
  const command = new Command("worker").description("work for a master until its run is over");
  return addTokenOption(addLogOptions(command))
    .addOption(option("--master-host <address>", "where the master listens").default("127.0.0.1"))
    .addOption(option("--master-port <port>", "where the master listens").argParser(value.port).default(5557))
    .addOption(
      option("--connect-timeout <duration>", "how long to wait for a master that is not there yet")
        .argParser(value.duration)
        .default(60_000, "60s"),
    )
    .addOption(
      option("--stop-timeout <duration>", "at SIGTERM: how long running iterations may take to finish")
        .argParser(value.duration)
        .default(30_000, "30s"),
    )
    .addOption(
      option("--processes <number>", 'so many workers, each a process; "auto" is one per core')
        .argParser(value.processCount)
        .default(1),
    )
    .action((options: WorkerOptions) => (options.processes > 1 ? workInChildren(options) : work(options)));
}

async function work(options: WorkerOptions): Promise<void> {
  const screen = new Screen(process.stderr);
  const log = createLogger(options.loglevel, screen, styleFor(process.stderr, process.env));
  const interrupted = new AbortController();
  let worker: Worker | null = null;
  let signals = 0;
  const forget = onSignals((signal) => {
    // A terminal's Ctrl-C reaches the children of a master too; the master tells them when to stop.
    if (isChild && signal === "SIGINT") return;
    signals++;
    interrupted.abort();
    worker?.leave(signals === 1 ? options.stopTimeout : 0);
    process.exitCode = exitCodes.signalled;
  });
  // A master that dies, however it dies, takes its children with it.
  if (isChild) process.once("disconnect", () => process.exit(exitCodes.tooFewWorkers));
  try {
    const url = `ws://${options.masterHost.includes(":") ? `[${options.masterHost}]` : options.masterHost}:${options.masterPort}`;
    const socket = await connectToMaster({
      url,
      connectTimeoutMs: options.connectTimeout,
      signal: interrupted.signal,
    });
    worker = new Worker({ socket, hello: newHello(options.token ?? "", version), log });
    await worker.ended;
  } catch (error) {
    if (!interrupted.signal.aborted || error instanceof MusterError) throw error;
  } finally {
    forget();
    if (isChild) process.disconnect?.();
  }
}

const isChild = process.env.MUSTER_CHILD === "1" && process.send !== undefined;

async function workInChildren(options: WorkerOptions): Promise<void> {
  const children = new ChildWorkers({
    count: options.processes,
    masterHost: options.masterHost,
    masterPort: options.masterPort,
    token: options.token ?? "",
    connectTimeout: formatDuration(options.connectTimeout),
    loglevel: options.loglevel,
  });
  const forget = onSignals((signal) => children.signal(signal === "SIGINT" ? "SIGTERM" : (signal as NodeJS.Signals)));
  process.exitCode = Math.max(...(await children.exitCodes()));
  forget();
}
