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
  /** The start of the run on the master's clock; null while there is none. */
  readonly timeline: { readonly startAtMs: number | null };
  /** Milliseconds on the master's clock. */
  readonly nowMs: () => number;
}

/** The workers of a run: accepts them, detects lost ones, and lets other code wait for them. */
export class Workers implements WorkerAdmission {
  /** In the order of their numbers, except for those of a resumed run. */
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

  /** Workers that belong to the run, although some may have no socket for a while. */
  get alive(): ConnectedWorker[] {
    return this.all.filter((worker) => worker.isAlive);
  }

  get connected(): ConnectedWorker[] {
    return this.alive.filter((worker) => worker.isConnected);
  }

  /** Whether another master has the workers. */
  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  /** The virtual users that are running now. */
  get users(): number {
    return this.alive.reduce((sum, worker) => sum + worker.users, 0);
  }

  find(number: number): ConnectedWorker | undefined {
    return this.#byNumber.get(number);
  }

  findById(id: string): ConnectedWorker | undefined {
    return this.#byId.get(id);
  }

  /** From now on workers can connect. */
  open(): void {
    this.#options.listener.open(this);
    this.#watch.start();
  }

  /** Adds a worker that is new, or one of a resumed run with its number and what was stored of it. */
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
   * A child process has ended: if it was a worker, the worker is lost. So is whoever else says that it is that process; one that is
   * not returns with its next heartbeat.
   */
  processEnded(pid: number, how: string): void {
    for (const worker of this.all) {
      if (worker.identity.pid === pid && worker.isAlive && worker.status !== "stopped") worker.processEnded(how);
    }
  }

  /** Resolves to true as soon as `condition` holds, to false after `timeoutMs`. */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return this.#signal.until(condition, timeoutMs);
  }

  /** Notifies waiting code that something has changed. */
  notify(): void {
    this.#signal.notify();
  }

  /**
   * Leaves the workers to another master: their sockets end without a word, now and whenever one connects again, so that
   * they look for their master.
   */
  abandon(): void {
    this.#isAbandoned = true;
    this.#watch.stop();
    for (const { socket } of this.all) socket.drop();
    this.notify();
  }

  /** Ends the run for every worker, and admits no more. */
  close(): void {
    // A refusal would end a worker that connects at the last moment; with more runs to come, new workers are welcome.
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
    // It has a part in a load that this master does not know.
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
    // Its first commit has told this master that another one carries out the run.
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
