import type { Logger } from "pino";
import type { WebSocket } from "ws";
import { closeCodes, type RefusalReason } from "../../protocol/version.ts";
import type { Hello } from "../../protocol/worker-messages.ts";
import { ConnectedWorker } from "./connected-worker.ts";
import { Signal } from "./signal.ts";
import type { WorkerEvents } from "./worker-events.ts";
import type { WorkerAdmission, WorkerListener } from "./worker-server.ts";
import type { StoredFacts, WorkerIdentity } from "./worker-state.ts";
import { WorkerWatch } from "./worker-watch.ts";

export interface WorkersOptions {
  readonly runId: string;
  readonly listener: WorkerListener;
  /** Whether the master can carry out another run with the same workers. */
  readonly acceptsMoreRuns: boolean;
  readonly log: Logger;
  /** A worker that sends nothing for this long is lost. */
  readonly workerTimeoutMs: number;
  /** How long workers continue without a master. */
  readonly orphanTimeoutMs: number;
  /** The timeline of the run, with its start on the master's clock; null until it is set. */
  readonly timeline: { readonly startAtMs: number | null };
  /** Milliseconds on the master's clock. */
  readonly nowMs: () => number;
}

/** The workers of a run. Accepts workers, detects lost ones, and lets other code wait for them. */
export class Workers implements WorkerAdmission {
  /** All workers, in the order of their numbers, except for those of a resumed run. */
  readonly all: ConnectedWorker[] = [];
  /** Whether a worker can still join. */
  isOpen = true;
  readonly #byNumber = new Map<number, ConnectedWorker>();
  readonly #byId = new Map<string, ConnectedWorker>();
  #lastNumber = 0;
  readonly #options: WorkersOptions;
  readonly #events: WorkerEvents<ConnectedWorker>;
  readonly #signal = new Signal();
  readonly #watch: WorkerWatch;
  #isAbandoned = false;

  constructor(options: WorkersOptions, events: WorkerEvents<ConnectedWorker>) {
    this.#options = options;
    this.#events = events;
    this.#watch = new WorkerWatch({ ...options, workers: this.all, events });
  }

  /** The workers that belong to the run. Some may have no socket at the moment. */
  get alive(): ConnectedWorker[] {
    return this.all.filter((worker) => worker.isAlive);
  }

  get connected(): ConnectedWorker[] {
    return this.alive.filter((worker) => worker.isConnected);
  }

  /** Whether another master has taken over the workers. */
  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  /** The number of virtual users that are running now. */
  get users(): number {
    return this.alive.reduce((sum, worker) => sum + worker.users, 0);
  }

  find(number: number): ConnectedWorker | undefined {
    return this.#byNumber.get(number);
  }

  findById(id: string): ConnectedWorker | undefined {
    return this.#byId.get(id);
  }

  /** Lets workers connect from now on. */
  open(): void {
    this.#options.listener.open(this);
    this.#watch.start();
  }

  /** Adds a new worker, or a worker of a resumed run with its number and its stored facts. */
  add(identity: WorkerIdentity, number = this.#lastNumber + 1, facts: StoredFacts | null = null): ConnectedWorker {
    const { log, nowMs } = this.#options;
    const surroundings = { events: this.#events, signal: this.#signal, log, nowMs };
    const worker = new ConnectedWorker(number, identity, surroundings, facts);
    this.#lastNumber = Math.max(this.#lastNumber, number);
    this.all.push(worker);
    this.#byNumber.set(number, worker);
    this.#byId.set(identity.id, worker);
    return worker;
  }

  /**
   * Handles the end of a child process: every worker with its pid is lost. A worker that only has the same pid, such as
   * on another machine, returns with its next heartbeat.
   */
  processEnded(pid: number, how: string): void {
    for (const worker of this.all) {
      if (worker.identity.pid === pid && worker.isAlive && worker.status !== "stopped") worker.processEnded(how);
    }
  }

  /** Resolves to true as soon as `condition` holds, or after `timeoutMs` to whether it holds. */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return this.#signal.until(condition, timeoutMs);
  }

  /** Notifies waiting code that something has changed. */
  notify(): void {
    this.#signal.notify();
  }

  /**
   * Leaves the workers to another master: their sockets end without a close message, now and at each reconnect, so that
   * they look for the other master.
   */
  abandon(): void {
    this.#isAbandoned = true;
    this.#watch.stop();
    for (const { socket } of this.all) socket.drop();
    this.notify();
  }

  /** Ends the run for every worker, and admits no further workers. */
  close(): void {
    // Do not shut the listener: it would refuse a worker that connects at the last moment, and the refusal would end
    // the worker. With more runs to come, the listener keeps new workers instead.
    if (this.#isAbandoned && !this.#options.acceptsMoreRuns) return;
    this.#options.listener.shut(this, this.connected.length);
    this.#watch.stop();
    if (this.#isAbandoned) return;
    for (const worker of this.all) worker.quit(closeCodes.finished, "the run is over");
  }

  admit(hello: Hello): RefusalReason | null {
    const { id, session } = hello;
    if (this.#isAbandoned) return null;
    if (session !== null && session.runId !== this.#options.runId) return "other-run";
    const known = this.#byId.get(id);
    if (known?.state.isRefused) return "bad-report";
    if (known !== undefined) return known.admits(hello) ? null : "identity";
    // The worker has a part in a load that this master does not know.
    if (session !== null && (session.state === "running" || session.state === "stopped")) return "other-run";
    return this.isOpen ? null : "run-closed";
  }

  receive(socket: WebSocket, hello: Hello): void {
    const { runId, acceptsMoreRuns, timeline, log } = this.#options;
    if (this.#isAbandoned) {
      socket.terminate();
      return;
    }
    const { session } = hello;
    const known = this.#byId.get(hello.id);
    const worker = known ?? this.add(hello);
    worker.attach(socket);
    this.#events.connecting(worker, worker.timeOf(session));
    // The commit in `connecting` may have shown that another master has taken over the run.
    if (this.isAbandoned) return;
    worker.welcome(hello, runId, timeline.startAtMs, acceptsMoreRuns);
    if (known === undefined) {
      log.info({ worker: worker.number, host: hello.host, pid: hello.pid }, "worker joined");
    } else {
      log.info({ worker: worker.number }, `${worker.description} is connected again`);
      if (session !== null) worker.resume(session);
    }
    this.#events.connected(worker);
    this.notify();
  }
}
