import { setTimeout as delay } from "node:timers/promises";
import type { MessagePort } from "node:worker_threads";
import { handshakeTimeoutMs } from "../../protocol/authentication.ts";
import type { MasterMessage, WelcomeMessage } from "../../protocol/master-messages.ts";
import { type RefusalReason, refusalReasons } from "../../protocol/version.ts";
import { DescriptorReserve } from "../descriptor-reserve.ts";
import { monotonicMs } from "../time/monotonic.ts";
import type { LinkEnd, LinkEvent, LinkOrder, LinkStart, MasterWord, Undelivered } from "./link-messages.ts";
import { MainHeartbeat, MainThreadWatch } from "./main-heartbeat.ts";
import { RefusedError } from "./master-login.ts";
import { MasterSocket, type MasterSocketListener } from "./master-socket.ts";
import { type MasterEndpoint, NoSocketError, openMasterSocket } from "./open-socket.ts";
import { Outbox, UnacknowledgedFrames, UnsentMessages } from "./outbox.ts";
import { RetryPolicy } from "./retry-policy.ts";
import { OrphanWatch } from "./silence.ts";

const watchEveryMs = 100;
/** The number of reserved descriptors: for the socket, for name resolution, and for connections that users open meanwhile. */
const reservedDescriptors = 4;

/**
 * Keeps the worker in its run: it connects to the master, sends the hello, and reconnects when the socket is lost, until the
 * run is over or the retry policy gives up. Reports are kept until the master acknowledges them.
 */
export class MasterConnection implements MasterSocketListener {
  readonly #address: MasterEndpoint;
  /** The port to the main thread. */
  readonly #port: MessagePort;
  readonly #outbox: Outbox;
  readonly #retries: RetryPolicy;
  readonly #main: MainThreadWatch;
  readonly #orphanWatch = new OrphanWatch(monotonicMs());
  readonly #frames = new UnacknowledgedFrames();
  readonly #closing = new AbortController();
  /** The descriptors for reconnecting while the connections of virtual users have used all others. */
  readonly #reserve = new DescriptorReserve(reservedDescriptors);
  #socket: MasterSocket | null = null;
  readonly #unsent = new UnsentMessages();
  #lostBecause = "";
  #hasQuit = false;
  #end: LinkEnd | null = null;

  constructor(start: LinkStart) {
    this.#address = start;
    this.#port = start.port;
    this.#outbox = new Outbox(start.version);
    this.#retries = new RetryPolicy(start.connectTimeoutMs, monotonicMs());
    this.#main = new MainThreadWatch(new MainHeartbeat(start.heartbeat), monotonicMs());
  }

  /**
   * Resolves to the reason when the master is lost for good; to null when the run is over or the main thread has sent
   * `close`.
   */
  async run(): Promise<LinkEnd | null> {
    const watch = setInterval(() => this.#watch(), watchEveryMs);
    while (!this.#isOver) {
      const reason = await this.#attempt();
      if (this.#isOver) break;
      const waitMs = this.#retries.nextWaitMs(monotonicMs());
      if (waitMs === null) this.#end = this.#hopeless(reason);
      else await delay(waitMs, undefined, { signal: this.#closing.signal }).catch(() => {});
    }
    clearInterval(watch);
    this.#reserve.release();
    return this.#end;
  }

  obey(order: LinkOrder): void {
    switch (order.type) {
      case "say":
        if (this.#isIn) this.#socket?.say(order.message);
        else this.#unsent.add(order.message);
        return;
      case "report":
        this.#frames.add(order.sequence, order.frame);
        if (this.#isIn) this.#socket?.sendFrame(order.frame);
        return;
      case "progress":
        this.#outbox.progress = order.progress;
        this.#retries.loadRuns(this.#outbox.isRunning, monotonicMs());
        return;
      case "close":
        this.#closing.abort();
        this.#socket?.close();
        return;
    }
  }

  onHeard(): void {
    this.#orphanWatch.heard();
  }

  onWelcome(message: WelcomeMessage): void {
    const { runId } = this.#outbox;
    if (runId !== null && runId !== message.runId) {
      this.#refuse("other-run", `it carries out run ${message.runId} now`);
      return;
    }
    this.#outbox.runId = message.runId;
    this.#outbox.secret = message.secret;
    // The code of the test runs in the main thread, which does not need the secret.
    this.#tell({ type: "message", message: { ...message, secret: "" } });
    this.onAcknowledged(message.lastSequence);
    for (const frame of this.#frames.inOrder()) this.#socket?.sendFrame(frame);
    for (const word of this.#unsent.take()) this.#socket?.say(word);
  }

  onRefused({ reason, message }: Extract<MasterMessage, { type: "refused" }>): void {
    this.#refuse(reason, message);
  }

  onAcknowledged(sequence: number): void {
    this.#frames.acknowledged(sequence);
    this.#tell({ type: "acknowledged", sequence });
  }

  onTimeline(startedAtMs: number): void {
    this.#outbox.startedAtMs = startedAtMs;
    this.#tell({ type: "timeline", startedAtMs });
  }

  onMessage(message: MasterWord): void {
    if (message.type === "prepare") this.#orphanWatch.timeoutMs = message.orphanTimeoutMs;
    if (message.type === "quit") this.#hasQuit = true;
    this.#tell({ type: "message", message });
  }

  onData(frame: Uint8Array): void {
    // A copy: the memory of the frame can be a part of a larger buffer, which would be transferred with it.
    this.#tell({ type: "data", frame: new Uint8Array(frame) });
  }

  vitals(): { users: number; blockedMs: number } {
    const { users, blockedMs } = this.#main;
    return { users, blockedMs };
  }

  get #isOver(): boolean {
    return this.#end !== null || this.#hasQuit || this.#closing.signal.aborted;
  }

  /** Whether the worker is connected and welcomed. */
  get #isIn(): boolean {
    return this.#socket !== null && this.#socket.welcomedAtMs !== null;
  }

  /** Opens one socket and waits for its end. Returns why it ended or could not be opened. */
  async #attempt(): Promise<string> {
    const leftMs = Math.max(watchEveryMs, this.#retries.leftMs(monotonicMs()));
    this.#reserve.release();
    try {
      const socket = await openMasterSocket(this.#address, Math.min(handshakeTimeoutMs, leftMs), this.#closing.signal);
      this.#unsent.keepBesideHello();
      this.#socket = new MasterSocket(socket, this.#outbox.hello(monotonicMs()), this);
    } catch (error) {
      return this.#unopened(error);
    } finally {
      this.#reserve.hold();
    }
    if (this.#closing.signal.aborted) this.#socket.close();
    const { reason, refused } = await this.#socket.closed;
    const { acceptedAtMs } = this.#socket;
    this.#socket = null;
    // If the message were sent again, it would be refused again.
    if (refused === "sent") this.#refuse("bad-report", `${refusalReasons["bad-report"]}: ${reason} (bad-report)`);
    if (refused === "received") this.#end ??= { kind: "not-understood", reason, left: this.#left };
    if (acceptedAtMs !== null && !this.#isOver) {
      this.#lostBecause = reason;
      this.#retries.lost(monotonicMs() - acceptedAtMs, monotonicMs());
      this.#tell({ type: "disconnected", reason });
    }
    return reason;
  }

  /** Returns why there is no socket. A worker that is in no run ends if a retry is useless. */
  #unopened(error: unknown): string {
    const isNew = this.#outbox.runId === null;
    if (error instanceof RefusedError) {
      // During a run, the process that refuses the worker may not be its master: any process can take the port of a lost master.
      if (isNew) this.#refuse(error.reason, error.message);
      return `the master refused this worker: ${error.message}`;
    }
    if (!(error instanceof NoSocketError)) throw error;
    if (error.isForeign && isNew) this.#end = { kind: "not-a-master", reason: error.message };
    return error.message;
  }

  #hopeless(reason: string): LinkEnd {
    const { runId } = this.#outbox;
    if (runId === null) return { kind: "no-master", reason };
    const since = reason === this.#lostBecause ? "" : `, and since then: ${reason}`;
    return { kind: "lost", reason: this.#lostBecause + since, left: { runId, reports: this.#frames.size } };
  }

  #refuse(reason: RefusalReason, message: string): void {
    this.#end ??= { kind: "refused", reason, message, left: this.#left };
    this.#socket?.close();
  }

  /** The number of reports that are not acknowledged; null if the worker was never welcomed. */
  get #left(): Undelivered | null {
    const { runId } = this.#outbox;
    return runId === null ? null : { runId, reports: this.#frames.size };
  }

  #tell(event: LinkEvent): void {
    this.#port.postMessage(event);
  }

  #watch(): void {
    const nowMs = monotonicMs();
    this.#main.pass(nowMs);
    this.#socket?.pass(nowMs);
    if (this.#orphanWatch.pass(nowMs, this.#outbox.isRunning, this.#isIn)) {
      this.#tell({ type: "orphaned", silentMs: this.#orphanWatch.silentMs });
    }
  }
}
