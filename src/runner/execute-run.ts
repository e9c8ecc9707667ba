import { createLogger } from "../cli/terminal/logger.ts";
import { Screen } from "../cli/terminal/screen.ts";
import { exitCodes } from "../core/errors.ts";
import { WorkerServer } from "../master/workers/worker-server.ts";
import { styleFor } from "../report/text/style.ts";
import { TestCodeError } from "../scenario/bundle/load-bundle.ts";
import { carryOutRun, type RunSurroundings } from "./carry-out-run.ts";
import { type Execution, type LocalWorkers, noLocalWorkers } from "./execution.ts";
import { requireWritableFiles, takesStandardOutput } from "./output-files.ts";
import { processEnd } from "./process/process-end.ts";
import { stderr, stdout } from "./process/standard-streams.ts";
import { onSignals, Stopper } from "./process/stopper.ts";
import { printTestOutput } from "./process/test-output.ts";
import { defineRun } from "./run-definition.ts";
import { RunStores } from "./run-stores.ts";

/** How long nobody may read the report before the run ends without it. */
const reportPatienceMs = 10_000;

/** Carries out one run with this process as the master, and reports it. Sets the exit code. */
export async function executeRun(execution: Execution): Promise<void> {
  const { options } = execution;
  const stopper = new Stopper(giveUp);
  // For the rest of this process: a signal must be lost neither while the test is loaded nor while the result is written.
  onSignals((signal) => stopper.stop(signal));
  // A run must not wait for ever for whoever reads its report.
  stdout.patienceMs = reportPatienceMs;
  if (!takesStandardOutput(options)) printTestOutput();
  await requireWritableFiles(options);
  try {
    await execute(stopper, execution);
  } catch (error) {
    if (error instanceof TestCodeError) {
      const { writeUnloaded } = await import("./unloaded-run.ts");
      await writeUnloaded(execution, error);
    }
    throw error;
  }
}

/** Nothing has begun that would have to be ended. */
function giveUp(signal: string): void {
  stderr.write(`muster: stopped by ${signal} before the test was loaded\n`);
  processEnd.now(exitCodes.signalled);
}

async function execute(stopper: Stopper, execution: Execution): Promise<void> {
  using stores = new RunStores(execution.options);
  if (execution.web === null) return await executeWith(stores, stopper, execution);
  // Only now: what serves the page takes a while to load.
  const { serveSession } = await import("./web/serve-session.ts");
  await serveSession(stores, stopper, execution, execution.web);
}

async function executeWith(stores: RunStores, stopper: Stopper, execution: Execution): Promise<void> {
  const { options, bindHost: host, bindPort, token, tls } = execution;
  const screen = new Screen(stderr);
  const style = styleFor(stderr, process.env);
  const log = createLogger(options.loglevel, screen, style);
  const definition = await defineRun(execution, stores);
  const server = new WorkerServer({ host, port: bindPort, token, ...(tls === undefined ? {} : { tls }), log });
  const port = await server.listen();
  let workers: LocalWorkers = noLocalWorkers;
  const onMaster: RunSurroundings["onMaster"] = (master) => {
    stopper.attach(master);
    workers = execution.startWorkers({
      port,
      token,
      onProcessEnded: (pid, how) => master.workers.processEnded(pid, how),
      onStartFailed: (error) => log.error(`a worker process cannot be started: ${error.message}`),
    });
  };
  try {
    const result = await carryOutRun(definition, {
      options,
      listener: server,
      port,
      acceptsMoreRuns: false,
      screen,
      style,
      log,
      onMaster,
    });
    processEnd.exitCode = result.exitCode;
  } finally {
    await server.close();
    await workers.end();
  }
}
