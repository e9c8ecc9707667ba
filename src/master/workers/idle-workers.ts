import type { WebSocket } from "ws";
import type { MasterMessage } from "../../protocol/master-messages.ts";
import type { RefusalReason } from "../../protocol/version.ts";
import type { Hello } from "../../protocol/worker-messages.ts";
import { Signal } from "./signal.ts";
import type { WorkerAdmission, WorkerListener } from "./worker-server.ts";

/** A worker takes a socket over which nothing comes for 5 s for dead. */
const wordEveryMs = 1_000;
const longestSilenceMs = 10_000;
const waitWord = JSON.stringify({ type: "wait" } satisfies MasterMessage);

export interface IdleWorker {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** On the master's clock. */
  readonly sinceMs: number;
}

interface Guest extends IdleWorker {
  readonly socket: WebSocket;
  readonly hello: Hello;
  heardMs: number;
  readonly forget: () => void;
}

/**
 * The door of a master that carries out one run after the other: workers that come while none takes any wait here for the
 * next.
 */
export class IdleWorkers implements WorkerAdmission, WorkerListener {
  readonly #guests = new Map<WebSocket, Guest>();
  readonly #nowMs: () => number;
  readonly #watch: NodeJS.Timeout;
  readonly #signal = new Signal();
  #run: WorkerAdmission | null = null;
  /** Workers of the last run who have not come again. */
  #awaited = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#watch = setInterval(() => this.#comfort(), wordEveryMs);
  }

  get workers(): readonly IdleWorker[] {
    return [...this.#guests.values()].map(({ id, host, pid, sinceMs }) => ({ id, host, pid, sinceMs }));
  }

  admit(hello: Hello): RefusalReason | null {
    if (this.#run?.admit(hello) === null) return null;
    // It belonged to a run that is over: it is to come again as a new one.
    return hello.session === null ? null : "other-run";
  }

  receive(socket: WebSocket, hello: Hello): void {
    this.#awaited--;
    this.#signal.notify();
    if (this.#run?.admit(hello) === null) this.#run.receive(socket, hello);
    else this.#seat(socket, hello);
  }

  /** A run takes over all who wait, and those who come. */
  open(run: WorkerAdmission): void {
    this.#run = run;
    for (const { socket, hello, forget } of this.#guests.values()) {
      forget();
      run.receive(socket, hello);
    }
  }

  shut(run: WorkerAdmission, sentAway: number): void {
    if (this.#run !== run) return;
    this.#run = null;
    this.#awaited = sentAway;
  }

  /** Resolves when those whom the last run has sent away are here again, or after `timeoutMs`: so that all can be told to go. */
  async gathered(timeoutMs: number): Promise<void> {
    await this.#signal.until(() => this.#awaited <= 0, timeoutMs);
  }

  /** Sends all home. */
  close(): void {
    clearInterval(this.#watch);
    const quit = JSON.stringify({ type: "quit" } satisfies MasterMessage);
    for (const { socket } of this.#guests.values()) {
      socket.send(quit);
      socket.close();
    }
  }

  #seat(socket: WebSocket, hello: Hello): void {
    const { id, host, pid } = hello;
    const onPong = () => {
      guest.heardMs = this.#nowMs();
    };
    // Whoever waits has nothing to say.
    const onMessage = () => socket.terminate();
    const forget = () => {
      this.#guests.delete(socket);
      socket.off("pong", onPong);
      socket.off("message", onMessage);
      socket.off("close", forget);
    };
    const guest: Guest = { id, host, pid, sinceMs: this.#nowMs(), heardMs: this.#nowMs(), socket, hello, forget };
    socket.on("pong", onPong);
    socket.on("message", onMessage);
    socket.on("close", forget);
    this.#guests.set(socket, guest);
    socket.send(waitWord);
  }

  #comfort(): void {
    const nowMs = this.#nowMs();
    for (const { socket, heardMs } of this.#guests.values()) {
      if (nowMs - heardMs > longestSilenceMs) socket.terminate();
      else if (socket.readyState === socket.OPEN) {
        socket.send(waitWord);
        socket.ping();
      }
    }
  }
}
