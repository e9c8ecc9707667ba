import { exitCodes } from "../core/errors.ts";
import { MasterLink } from "../worker/link/master-link.ts";
import type { Worker } from "../worker/worker.ts";
import { onSignals } from "./signals.ts";
import { version } from "./version.ts";
import type { WorkerOptions } from "./worker-command.ts";

/** This process is one worker. */
export async function work(options: WorkerOptions): Promise<void> {
  const { masterHost, masterPort, token = "", connectTimeout: connectTimeoutMs } = options;
  const url = `ws://${masterHost.includes(":") ? `[${masterHost}]` : masterHost}:${masterPort}`;
  // First of all: it finds the master while the rest of the code is loaded.
  const link = new MasterLink({ url, token, version, connectTimeoutMs });
  let worker: Worker | null = null;
  let signals = 0;
  const leave = () => worker?.leave(signals === 1 ? options.stopTimeout : 0);
  const forget = onSignals((signal) => {
    // A terminal's Ctrl-C reaches the children of a master too; the master tells them when to stop.
    if (isChild && signal === "SIGINT") return;
    signals++;
    process.exitCode = exitCodes.signalled;
    leave();
  });
  // A master that dies, however it dies, takes its children with it.
  const orphaned = () => process.exit(exitCodes.tooFewWorkers);
  if (isChild) process.once("disconnect", orphaned);
  try {
    const joined = await newWorker(link, options);
    worker = joined;
    if (signals > 0) leave();
    await Promise.race([joined.ended, link.defect]);
  } finally {
    await link.close();
    forget();
    process.off("disconnect", orphaned);
    if (isChild) process.disconnect?.();
  }
}

async function newWorker(link: MasterLink, options: WorkerOptions): Promise<Worker> {
  const [{ Worker }, { isDefect }, { createLogger }, { Screen }, { styleFor }] = await Promise.all([
    import("../worker/worker.ts"),
    import("../scenario/test-frames.ts"),
    import("./logger.ts"),
    import("./screen.ts"),
    import("../report/style.ts"),
  ]);
  const log = createLogger(options.loglevel, new Screen(process.stderr), styleFor(process.stderr, process.env));
  const worker = new Worker({ link, log });
  const onStray = (error: unknown) => (isDefect(error) ? endByDefect(error) : worker.strayError(error));
  process.on("unhandledRejection", onStray);
  process.on("uncaughtException", onStray);
  return worker;
}

/** Not the test's doing: better no worker than one that has lost its way. */
function endByDefect(error: unknown): void {
  process.stderr.write(`muster: a defect in muster: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(exitCodes.defect);
}

const isChild = process.env.MUSTER_CHILD === "1" && process.send !== undefined;
