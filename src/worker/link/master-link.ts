import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { MessageChannel, type MessagePort, Worker as Thread } from "node:worker_threads";
import { ownModule } from "../../core/own-files.ts";
import type { LinkEvent, LinkOrder, LinkStart, WorkerProgress, WorkerWord } from "./link-messages.ts";
import { MainHeartbeat } from "./main-heartbeat.ts";

const beatEveryMs = 100;
/** The timeout of closing the thread: longer than the second that its socket has to close. */
const closeTimeoutMs = 2_000;
const threadUrl = ownModule("worker/link/thread");

export type MasterLinkOptions = Pick<LinkStart, "url" | "tls" | "token" | "version" | "connectTimeoutMs">;

/** The connection of the worker to its master. It runs in a thread, which connects as soon as it is created. */
export class MasterLink {
  readonly url: string;
  readonly #thread: Thread;
  readonly #port: MessagePort;
  readonly #heartbeat = new MainHeartbeat();
  readonly #exited: Promise<unknown>;
  readonly #defect = Promise.withResolvers<never>();
  #userCount: () => number = () => 0;
  readonly #beat: NodeJS.Timeout;

  constructor(options: MasterLinkOptions) {
    this.url = options.url;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    // Node.js returns the folder of its version inside the folder that it was given.
    const versions = getCompileCacheDir();
    const compileCache = versions === undefined ? null : dirname(versions);
    const start: LinkStart = { ...options, port: port2, heartbeat: this.#heartbeat.memory, compileCache };
    this.#thread = new Thread(threadUrl, { name: "master link", workerData: start, transferList: [port2] });
    this.#defect.promise.catch(() => {
      // `defect` reports it.
    });
    this.#thread.on("error", (error) => this.#defect.reject(error));
    this.#exited = once(this.#thread, "exit").catch(() => {});
    this.#beat = setInterval(() => this.#heartbeat.beat(this.#userCount()), beatEveryMs);
  }

  /** Rejects with a defect of muster if the thread fails. */
  get defect(): Promise<never> {
    return this.#defect.promise;
  }

  /** Passes all events to the listener, also earlier ones. `userCount` is called ten times a second. */
  attach(onEvent: (event: LinkEvent) => void, userCount: () => number): void {
    this.#userCount = userCount;
    this.#port.on("message", onEvent);
  }

  say(message: WorkerWord): void {
    this.#order({ type: "say", message });
  }

  /** Sends a report until it is acknowledged. `frame` cannot be used afterwards: its memory is transferred to the thread. */
  report(sequence: number, frame: Uint8Array<ArrayBuffer>): void {
    const order: LinkOrder = { type: "report", sequence, frame };
    this.#port.postMessage(order, [frame.buffer]);
  }

  /** Sets the progress of the worker. Call it before the message that reports the same. */
  progress(progress: WorkerProgress): void {
    this.#order({ type: "progress", progress });
  }

  /** Ends the thread after all earlier messages have been sent. */
  async close(): Promise<void> {
    clearInterval(this.#beat);
    this.#order({ type: "close" });
    const timeout = new AbortController();
    const late = delay(closeTimeoutMs, undefined, { signal: timeout.signal }).catch(() => {});
    await Promise.race([this.#exited, late]);
    timeout.abort();
    await this.#thread.terminate();
  }

  #order(order: LinkOrder): void {
    this.#port.postMessage(order);
  }
}
