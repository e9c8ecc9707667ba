import type { Logger } from "pino";
import type { WebSocket } from "ws";
import { closeCodes, type RefusalReason } from "../../protocol/version.ts";
import type { Hello, StopReason, WorkerLogLine } from "../../protocol/worker-messages.ts";
import type { IntervalReport } from "../../stats/interval-report.ts";
import type { WorkerIdentity } from "../worker-state.ts";
import { ConnectedWorker, type ConnectedWorkerListener } from "./connected-worker.ts";
import { Signal } from "./signal.ts";
import type { WorkerAdmission, WorkerListener } from "./worker-server.ts";

export interface WorkersOptions {
  readonly runId: string;
  readonly listener: WorkerListener;
  /** Whether the master takes its workers on to another run. */
  readonly acceptsMoreRuns: boolean;
  readonly log: Logger;
  /** A worker that says nothing for so long is lost. */
  readonly workerTimeoutMs: number;
  /** How long workers go on without a master. */
  readonly orphanTimeoutMs: number;
  /** Whether a worker may still join. */
  readonly isOpen: () => boolean;
  /** The start of the run on the master's clock; null while there is none. */
  readonly startAtMs: () => number | null;
  /** True when the report is new. */
  readonly onReport: (worker: ConnectedWorker, report: IntervalReport) => boolean;
  /** Before a worker is told from where on to send its reports again. `elapsedMs` is the time of the run by its clock. */
  readonly beforeWelcome: (elapsedMs: number | null) => void;
  /** It is new, or has another socket and may have missed what it was told: tell it what to do. */
  readonly onHere: (worker: ConnectedWorker) => void;
  readonly onReady: (worker: ConnectedWorker) => void;
  readonly onLost: (worker: ConnectedWorker) => void;
  readonly onReturned: (worker: ConnectedWorker, isRunning: boolean) => void;
  /** Its load ended before the run's; everything is reported. */
  readonly onLeft: (worker: ConnectedWorker, reason: StopReason) => void;
  /** Its code has blocked its event loop for so long; 0 once it no longer does. */
  readonly onSlow: (worker: ConnectedWorker, blockedMs: number) => void;
  /** What a worker has logged, for whoever wants it: by the worker's number. */
  readonly onWorkerLog?: (worker: number, line: WorkerLogLine) => void;
}

const watchEveryMs = 250;
/** Heartbeats go on while a worker's code blocks its event loop: then it is slow, and after so long as good as lost. */
const slowAfterMs = 3_000;
const blockedTooLongMs = 60_000;

/** The workers of a run: lets them in, notices those that are gone, and lets others wait for what they do. */
export class Workers implements WorkerAdmission {
  readonly all: ConnectedWorker[] = [];
  readonly #byNumber = new Map<number, ConnectedWorker>();
  #lastNumber = 0;
  readonly #options: WorkersOptions;
  readonly #signal = new Signal();
  readonly #slow = new Set<ConnectedWorker>();
  readonly #listener: ConnectedWorkerListener;
  #watchdog: NodeJS.Timeout | null = null;
  #watchedMs = 0;

  constructor(options: WorkersOptions) {
    this.#options = options;
    this.#listener = {
      onChange: (changed) => this.#changed(changed),
      onLost: (lost) => this.#noteLost(lost),
      onLeft: options.onLeft,
      onReturned: options.onReturned,
      onReport: options.onReport,
      onLog: ({ number }, line) => options.onWorkerLog?.(number, line),
      nowMs: () => performance.now(),
    };
  }

  get alive(): ConnectedWorker[] {
    return this.all.filter((worker) => worker.isAlive);
  }

  get connected(): ConnectedWorker[] {
    return this.alive.filter((worker) => worker.isConnected);
  }

  /** Virtual users that run now. */
  get users(): number {
    return this.alive.reduce((sum, worker) => sum + worker.users, 0);
  }

  find(number: number): ConnectedWorker | undefined {
    return this.#byNumber.get(number);
  }

  /** Workers may come. */
  open(): void {
    this.#options.listener.open(this);
    this.#watchedMs = performance.now();
    for (const worker of this.all) worker.socket.lastHeardMs = this.#watchedMs;
    this.#watchdog = setInterval(() => this.#watch(), watchEveryMs);
  }

  /** A worker that may come: of a run that is taken up again, or new. */
  add(identity: WorkerIdentity, number = this.#lastNumber + 1): ConnectedWorker {
    const worker = new ConnectedWorker(number, identity, this.#listener);
    this.#lastNumber = Math.max(this.#lastNumber, number);
    this.all.push(worker);
    this.#byNumber.set(number, worker);
    return worker;
  }

  /** A process of this machine has ended: if it was a worker, that will not come back. */
  processEnded(pid: number, how: string): void {
    const worker = this.all.find(({ identity, isAlive }) => identity.pid === pid && isAlive);
    if (worker !== undefined && worker.state !== "stopped") worker.ended(how);
  }

  /** Resolves to true as soon as `condition` holds, to false after `timeoutMs`. */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return this.#signal.until(condition, timeoutMs);
  }

  /** Something that a condition may depend on is different. */
  notify(): void {
    this.#signal.notify();
  }

  /** Sends every worker home and takes in no more. */
  close(): void {
    this.#options.listener.shut(this, this.connected.length);
    if (this.#watchdog !== null) clearInterval(this.#watchdog);
    for (const worker of this.all) worker.quit(closeCodes.finished, "the run is over");
  }

  admit({ id, session }: Hello): RefusalReason | null {
    if (session !== null && session.runId !== this.#options.runId) return "other-run";
    const known = this.all.find((worker) => worker.identity.id === id);
    if (known !== undefined) return known.course.isBarred ? "bad-report" : null;
    // It stopped or was never started: there is nothing to go on with.
    if (session !== null && (session.state === "running" || session.state === "stopped")) return "other-run";
    return this.#options.isOpen() ? null : "run-closed";
  }

  receive(socket: WebSocket, hello: Hello): void {
    const { runId, acceptsMoreRuns, startAtMs, log, beforeWelcome, onHere } = this.#options;
    const known = this.all.find(({ identity }) => identity.id === hello.id);
    const worker = known ?? this.add(hello);
    worker.attach(socket);
    beforeWelcome(hello.session?.elapsedMs ?? null);
    worker.welcome(runId, startAtMs(), acceptsMoreRuns);
    if (known === undefined) {
      log.info({ worker: worker.number, host: hello.host, pid: hello.pid }, "worker joined");
    } else {
      log.info({ worker: worker.number }, `${worker.description} is connected again`);
      if (hello.session !== null) worker.resumeFrom(hello.session);
    }
    onHere(worker);
    this.notify();
  }

  #changed(worker: ConnectedWorker): void {
    const { log, onReady } = this.#options;
    if (worker.state === "ready") onReady(worker);
    if (worker.state === "failed") {
      log.warn(
        { worker: worker.number },
        `${worker.description} cannot load the test: ${worker.course.loadError?.message}`,
      );
    }
    this.notify();
  }

  #noteLost(worker: ConnectedWorker): void {
    const { log, onLost } = this.#options;
    log.warn({ worker: worker.number }, `lost ${worker.description}: ${worker.facts.lostBecause}`);
    onLost(worker);
  }

  #watch(): void {
    const nowMs = performance.now();
    const asleepMs = nowMs - this.#watchedMs - watchEveryMs;
    this.#watchedMs = nowMs;
    // What came while this process stood still has not been read yet.
    if (asleepMs > watchEveryMs) for (const worker of this.all) worker.socket.lastHeardMs += asleepMs;
    this.#watchSilence(nowMs);
    for (const worker of this.alive) this.#watchPace(worker);
  }

  #watchSilence(nowMs: number): void {
    const { workerTimeoutMs, orphanTimeoutMs } = this.#options;
    const { alive } = this;
    const isSilent = (worker: ConnectedWorker, patienceMs: number) => nowMs - worker.socket.lastHeardMs > patienceMs;
    // When nobody is heard, it may well be this side that is cut off; they go on for a while without it.
    const isAlone = alive.every((worker) => isSilent(worker, workerTimeoutMs));
    const longestMs = Math.max(workerTimeoutMs, orphanTimeoutMs);
    for (const worker of alive) {
      const patienceMs = worker.isAwaited || isAlone ? longestMs : workerTimeoutMs;
      if (!isSilent(worker, patienceMs)) continue;
      if (worker.isDone) worker.leaveBehind();
      else worker.lose(`said nothing for ${patienceMs / 1_000} s`);
    }
  }

  #watchPace(worker: ConnectedWorker): void {
    if (worker.blockedMs > blockedTooLongMs) {
      worker.lose(`the test's code has blocked its event loop for ${blockedTooLongMs / 1_000} s`);
    }
    const isSlow = worker.blockedMs > slowAfterMs;
    if (isSlow === this.#slow.has(worker)) return;
    if (isSlow) this.#slow.add(worker);
    else this.#slow.delete(worker);
    this.#options.onSlow(worker, worker.blockedMs);
  }
}
