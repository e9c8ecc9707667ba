import { exitCodes, MusterError } from "../core/errors.ts";
import { styleFor } from "../report/style.ts";
import { isDefect } from "../scenario/test-frames.ts";
import { connectToMaster, newHello } from "../worker/connect.ts";
import { Worker } from "../worker/worker.ts";
import { createLogger } from "./logger.ts";
import { Screen } from "./screen.ts";
import { onSignals } from "./signals.ts";
import { version } from "./version.ts";
import type { WorkerOptions } from "./worker-command.ts";

/** This process is one worker. */
export async function work(options: WorkerOptions): Promise<void> {
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
  const orphaned = () => process.exit(exitCodes.tooFewWorkers);
  if (isChild) process.once("disconnect", orphaned);
  try {
    const url = `ws://${options.masterHost.includes(":") ? `[${options.masterHost}]` : options.masterHost}:${options.masterPort}`;
    const socket = await connectToMaster({
      url,
      connectTimeoutMs: options.connectTimeout,
      signal: interrupted.signal,
    });
    const joined = new Worker({ socket, hello: newHello(options.token ?? "", version), log });
    worker = joined;
    const onStray = (error: unknown) => (isDefect(error) ? endByDefect(error) : joined.strayError(error));
    process.on("unhandledRejection", onStray);
    process.on("uncaughtException", onStray);
    await joined.ended;
  } catch (error) {
    if (!interrupted.signal.aborted || error instanceof MusterError) throw error;
  } finally {
    forget();
    process.off("disconnect", orphaned);
    if (isChild) process.disconnect?.();
  }
}

/** Not the test's doing: better no worker than one that has lost its way. */
function endByDefect(error: unknown): void {
  process.stderr.write(`muster: a defect in muster: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(exitCodes.defect);
}

const isChild = process.env.MUSTER_CHILD === "1" && process.send !== undefined;
