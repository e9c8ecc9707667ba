import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { IdleWorkers } from "../master/workers/idle-workers.ts";
import { WorkerServer } from "../master/workers/worker-server.ts";
import { type Execution, type LocalWorkers, noLocalWorkers, type RunnerContext } from "../runner/execution.ts";
import { loadTest } from "../runner/load-test.ts";
import type { WebPlace } from "../runner/run-options.ts";
import { RunSession, type RunSessionOptions } from "../runner/run-session.ts";
import { Archive } from "./archive/archive.ts";
import { LogLines } from "./live/log-lines.ts";
import { OfferedTest } from "./session-facts.ts";
import { WebServer } from "./web-server.ts";

/** The time in which workers can reconnect after the last run, to be told that no other run follows. */
const reconnectTimeoutMs = 2_000;

/**
 * Serves the web page and carries out the runs that are started on it, until a signal.
 * @returns the exit code of the last run
 * @throws MusterError if the test cannot be run as requested, or a port is in use
 */
export async function serve(execution: Execution, place: WebPlace, context: RunnerContext): Promise<number> {
  const { bindHost, bindPort, token, tls, args, options } = execution;
  const { stores, stopper, log, workerOutput, listenToLog, createOutputs } = context;
  const lines = new LogLines();
  listenToLog(({ time, level, text }) => lines.add({ at: Date.parse(time), level, node: "master", message: text }));
  const idleWorkers = new IdleWorkers(() => performance.now());
  const server = new WorkerServer({
    host: bindHost,
    port: bindPort,
    token,
    ...(tls === undefined ? {} : { tls }),
    log,
  });
  let workers: LocalWorkers = noLocalWorkers;
  let archive: Archive | null = null;
  let web: WebServer | null = null;
  try {
    server.open(idleWorkers);
    const port = await server.listen();
    const test = await loadTest(args, options);
    const offer = await OfferedTest.of(test, options);
    const session = new RunSession({
      request: { ...execution, needsStore: true },
      test,
      context: {
        stores,
        log,
        createOutputs: () => [...createOutputs(), ...(web === null ? [] : [web.createOutput()])],
      },
      idleWorkers,
      port,
      onWorkerLog: addTo(lines),
      onTest: (changed) => offer.replace(changed),
      refill: () => workers.refill(),
    });
    archive = new Archive(dirname(stores.forRun(true)?.path ?? ""));
    web = new WebServer({ session, offer, archive, lines, ...place, log });
    const webPort = await web.listen();
    const host = place.host.includes(":") ? `[${place.host}]` : place.host;
    log.info({ port, webPort }, `the web page is at http${place.tls === null ? "" : "s"}://${host}:${webPort}`);
    workers = execution.startWorkers({
      port,
      token,
      permissions: test.resolved.permissions,
      output: workerOutput,
      onProcessEnded: (pid, how) => session.current?.master.workers.processEnded(pid, how),
      onStartFailed: (error) => log.error(`a worker process cannot be started: ${error.message}`),
    });
    stopper.attach(session);
    await runUntilStopped(session, execution, place);
    return session.exitCode;
  } finally {
    await web?.close();
    archive?.close();
    await idleWorkers.gathered(reconnectTimeoutMs);
    idleWorkers.close();
    await server.close();
    await workers.end();
  }
}

function addTo(lines: LogLines): RunSessionOptions["onWorkerLog"] {
  return (worker, { level, text, leftOut }) => {
    const message = leftOut === 0 ? text : `${text} (${leftOut} lines before it were left out)`;
    lines.add({ at: Date.now(), level, node: `worker ${worker}`, message });
  };
}

async function runUntilStopped(session: RunSession, { resume }: Execution, place: WebPlace): Promise<void> {
  if (place.startsAtOnce || resume !== null) {
    await session.startRequested();
    if (place.quitAfterMs !== null) {
      const quit = session.idle().then(() => delay(place.quitAfterMs ?? 0));
      await Promise.race([session.ended, quit]);
      // Another run may have been started in the meantime.
      await session.idle();
      return;
    }
  }
  await session.ended;
  // A signal that came before the run has ended the session, but not yet the run.
  await session.idle();
}
