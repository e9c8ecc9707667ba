import type { WebSocket } from "ws";
import type { MasterMessage } from "../../protocol/master-messages.ts";
import type { RefusalReason } from "../../protocol/version.ts";
import type { Hello } from "../../protocol/worker-messages.ts";
import { Signal } from "./signal.ts";
import type { WorkerAdmission, WorkerListener } from "./worker-server.ts";

/** A worker regards a socket on which nothing arrives for 5 s as dead. */
const waitEveryMs = 1_000;
const longestSilenceMs = 10_000;
const waitMessage = JSON.stringify({ type: "wait" } satisfies MasterMessage);

export interface IdleWorker {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** When the worker connected, on the master's clock. */
  readonly sinceMs: number;
}

interface IdleSocket extends IdleWorker {
  readonly socket: WebSocket;
  readonly hello: Hello;
  heardMs: number;
  readonly forget: () => void;
}

/**
 * Accepts the workers of a master that carries out several runs: workers that connect while no run accepts them wait
 * here for the next run.
 */
export class IdleWorkers implements WorkerAdmission, WorkerListener {
  readonly #sockets = new Map<WebSocket, IdleSocket>();
  readonly #nowMs: () => number;
  readonly #watch: NodeJS.Timeout;
  readonly #signal = new Signal();
  #run: WorkerAdmission | null = null;
  /** The number of workers of the last run that have not reconnected yet. */
  #awaited = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#watch = setInterval(() => this.#remind(), waitEveryMs);
  }

  get workers(): readonly IdleWorker[] {
    return [...this.#sockets.values()].map(({ id, host, pid, sinceMs }) => ({ id, host, pid, sinceMs }));
  }

  admit(hello: Hello): RefusalReason | null {
    const reason = this.#run === null ? "run-closed" : this.#run.admit(hello);
    if (reason === null) return null;
    if (reason === "identity" || reason === "bad-report") return reason;
    // A worker with a session belongs to a run that is over: it must reconnect as a new worker.
    return hello.session === null ? null : "other-run";
  }

  receive(socket: WebSocket, hello: Hello): void {
    this.#awaited--;
    this.#signal.notify();
    if (this.#run?.admit(hello) === null) this.#run.receive(socket, hello);
    else this.#keep(socket, hello);
  }

  /** Passes all waiting workers, and those that connect from now on, to a run. */
  open(run: WorkerAdmission): void {
    this.#run = run;
    for (const { socket, hello, forget } of this.#sockets.values()) {
      forget();
      run.receive(socket, hello);
    }
  }

  shut(run: WorkerAdmission, sentAway: number): void {
    if (this.#run !== run) return;
    this.#run = null;
    this.#awaited = sentAway;
  }

  /**
   * Resolves when all workers of the last run have reconnected, so that all can be told to quit, or after `timeoutMs`.
   */
  async gathered(timeoutMs: number): Promise<void> {
    await this.#signal.until(() => this.#awaited <= 0, timeoutMs);
  }

  /** Tells all waiting workers to quit. */
  close(): void {
    clearInterval(this.#watch);
    const quit = JSON.stringify({ type: "quit" } satisfies MasterMessage);
    for (const { socket } of this.#sockets.values()) {
      socket.send(quit);
      socket.close();
    }
  }

  #keep(socket: WebSocket, hello: Hello): void {
    const { id, host, pid } = hello;
    const onPong = () => {
      idle.heardMs = this.#nowMs();
    };
    // A waiting worker has nothing to send.
    const onMessage = () => socket.terminate();
    const forget = () => {
      this.#sockets.delete(socket);
      socket.off("pong", onPong);
      socket.off("message", onMessage);
      socket.off("close", forget);
    };
    const idle: IdleSocket = { id, host, pid, sinceMs: this.#nowMs(), heardMs: this.#nowMs(), socket, hello, forget };
    socket.on("pong", onPong);
    socket.on("message", onMessage);
    socket.on("close", forget);
    this.#sockets.set(socket, idle);
    socket.send(waitMessage);
  }

  #remind(): void {
    const nowMs = this.#nowMs();
    for (const { socket, heardMs } of this.#sockets.values()) {
      if (nowMs - heardMs > longestSilenceMs) socket.terminate();
      else if (socket.readyState === socket.OPEN) {
        socket.send(waitMessage);
        socket.ping();
      }
    }
  }
}
