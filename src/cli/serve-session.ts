import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { WebServer } from "../api/web-server.ts";
import { WaitingRoom } from "../master/waiting-room.ts";
import { WorkerServer } from "../master/worker-server.ts";
import { styleFor } from "../report/style.ts";
import { ThreadArchive } from "./archive.ts";
import { type Execution, type LocalWorkers, noLocalWorkers } from "./execution.ts";
import { createLogger, type LogListener } from "./logger.ts";
import type { RunStores } from "./run-stores.ts";
import { Screen } from "./screen.ts";
import type { Stopper } from "./stopper.ts";
import type { WebPlace } from "./web-options.ts";
import { WebSession } from "./web-session.ts";

/** Workers whose run is over come again, to be told that there is no other. */
const comeAgainMs = 2_000;

/** Serves the web page, and carries out the runs that are started there, until a signal. Sets the exit code. */
export async function serveSession(
  stores: RunStores,
  stopper: Stopper,
  execution: Execution,
  place: WebPlace,
): Promise<void> {
  const { options, bindHost, bindPort, token, tls } = execution;
  const screen = new Screen(process.stderr);
  const style = styleFor(process.stderr, process.env);
  let onLine: LogListener = () => {};
  const log = createLogger(options.loglevel, screen, style, (line) => onLine(line));
  const room = new WaitingRoom(() => performance.now());
  const door = new WorkerServer({ host: bindHost, port: bindPort, token, ...(tls === undefined ? {} : { tls }), log });
  let workers: LocalWorkers = noLocalWorkers;
  let web: WebServer | null = null;
  let archive: ThreadArchive | null = null;
  try {
    door.open(room);
    const port = await door.listen();
    const session = await WebSession.open({
      asked: { ...execution, needsStore: true },
      stores,
      dataFolder: dirname(stores.forRun(true)?.path ?? ""),
      room,
      surroundings: { options, door: room, port, stays: true, screen, style, log },
      refill: () => workers.refill(),
    });
    archive = new ThreadArchive(session.dataFolder);
    web = new WebServer({ session, archive, ...place, log });
    const { feed } = web;
    onLine = ({ time, level, msg }) => feed.log("log", { at: Date.parse(time), level, node: "master", message: msg });
    const webPort = await web.listen();
    const host = place.host.includes(":") ? `[${place.host}]` : place.host;
    log.info({ port, webPort }, `the web page is at http://${host}:${webPort}`);
    const onProcessEnded = (pid: number) => session.current?.master.roster.processEnded(pid);
    workers = execution.startWorkers({ port, token, onProcessEnded });
    stopper.attach(session);
    await carryOut(session, execution, place);
    process.exitCode = session.exitCode;
  } finally {
    await web?.close();
    archive?.close();
    await room.gathered(comeAgainMs);
    room.close();
    door.close();
    await workers.end();
  }
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
