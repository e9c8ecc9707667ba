import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { LogLines } from "../../api/live/log-lines.ts";
import { WebServer } from "../../api/web-server.ts";
import { IdleWorkers } from "../../master/workers/idle-workers.ts";
import { WorkerServer } from "../../master/workers/worker-server.ts";
import type { WorkerLogLine } from "../../protocol/worker-messages.ts";
import { type Execution, type LocalWorkers, noLocalWorkers, type RunnerContext } from "../../runner/execution.ts";
import type { WebPlace } from "../../runner/run-options.ts";
import { ThreadArchive } from "../../runner/web/archive-client.ts";
import { WebSession } from "../../runner/web/web-session.ts";
import type { LogListener } from "../terminal/logger.ts";

/** Workers whose run is over come again, to be told that there is no other. */
const comeAgainMs = 2_000;

/**
 * Serves the web page, and carries out the runs that are started there, until a signal.
 * @param listen calls back with each line that this process logs
 * @returns the exit code of the last run
 */
export async function serveSession(
  execution: Execution,
  place: WebPlace,
  context: RunnerContext,
  listen: (listener: LogListener) => void,
): Promise<number> {
  const { bindHost, bindPort, token, tls } = execution;
  const { stores, stopper, log } = context;
  const lines = new LogLines();
  listen(({ time, level, text }) => lines.add({ at: Date.parse(time), level, node: "master", message: text }));
  const idleWorkers = new IdleWorkers(() => performance.now());
  const server = new WorkerServer({
    host: bindHost,
    port: bindPort,
    token,
    ...(tls === undefined ? {} : { tls }),
    log,
  });
  let workers: LocalWorkers = noLocalWorkers;
  let archive: ThreadArchive | null = null;
  let web: WebServer | null = null;
  try {
    server.open(idleWorkers);
    const port = await server.listen();
    const session = await WebSession.open({
      request: { ...execution, needsStore: true },
      context,
      dataFolder: dirname(stores.forRun(true)?.path ?? ""),
      idleWorkers,
      port,
      onWorkerLog: addTo(lines),
      refill: () => workers.refill(),
    });
    archive = new ThreadArchive(session.dataFolder);
    web = new WebServer({ session, archive, lines, ...place, log });
    const webPort = await web.listen();
    const host = place.host.includes(":") ? `[${place.host}]` : place.host;
    log.info({ port, webPort }, `the web page is at http://${host}:${webPort}`);
    workers = execution.startWorkers({
      port,
      token,
      onProcessEnded: (pid, how) => session.current?.master.workers.processEnded(pid, how),
      onStartFailed: (error) => log.error(`a worker process cannot be started: ${error.message}`),
    });
    stopper.attach(session);
    await carryOut(session, execution, place);
    return session.exitCode;
  } finally {
    await web?.close();
    archive?.close();
    await idleWorkers.gathered(comeAgainMs);
    idleWorkers.close();
    await server.close();
    await workers.end();
  }
}

function addTo(lines: LogLines): (worker: number, line: WorkerLogLine) => void {
  return (worker, { level, text, leftOut }) => {
    const message = leftOut === 0 ? text : `${text} (${leftOut} lines before it were left out)`;
    lines.add({ at: Date.now(), level, node: `worker ${worker}`, message });
  };
}

async function carryOut(session: WebSession, { resume }: Execution, place: WebPlace): Promise<void> {
  if (place.startsAtOnce || resume !== null) {
    await session.startAsAsked();
    if (place.quitAfterMs !== null) {
      const quit = session.idle().then(() => delay(place.quitAfterMs ?? 0));
      await Promise.race([session.ended, quit]);
      // Somebody may have started another run meanwhile.
      await session.idle();
      return;
    }
  }
  await session.ended;
}
