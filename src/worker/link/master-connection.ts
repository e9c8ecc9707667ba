import { setTimeout as delay } from "node:timers/promises";
import type { MasterMessage, WelcomeMessage } from "../../protocol/master-messages.ts";
import { type RefusalReason, refusalReasons } from "../../protocol/version.ts";
import { DescriptorReserve } from "../descriptor-reserve.ts";
import { monotonicMs } from "../time/monotonic.ts";
import type { LinkEnd, LinkEvent, LinkOrder, LinkStart, MasterWord, Undelivered } from "./link-messages.ts";
import { MainWatch, Pulse } from "./main-heartbeat.ts";
import { Conversation, type ConversationListener } from "./master-socket.ts";
import { type MasterAddress, NoSocketError, openSocket } from "./open-socket.ts";
import { Standing, UnacknowledgedFrames, UnsaidWords } from "./outbox.ts";
import { Patience } from "./retry-policy.ts";
import { OrphanWatch } from "./silence.ts";

const watchEveryMs = 100;
const handshakeTimeoutMs = 5_000;
/** For the socket, for looking up a name, and for what the users may snatch meanwhile. */
const reservedDescriptors = 4;

/**
 * Keeps the worker in its run: looks for the master, says hello, and does so again whenever the socket is lost, until
 * the run is over or there is no hope. Reports are kept until the master has them.
 */
export class Lifeline implements ConversationListener {
  readonly #address: MasterAddress;
  readonly #tell: (event: LinkEvent) => void;
  readonly #standing: Standing;
  readonly #patience: Patience;
  readonly #main: MainWatch;
  readonly #orphanWatch = new OrphanWatch(monotonicMs());
  readonly #frames = new UnacknowledgedFrames();
  readonly #closing = new AbortController();
  /** Virtual users may have taken all other descriptors when the master has to be found again. */
  readonly #reserve = new DescriptorReserve(reservedDescriptors);
  #conversation: Conversation | null = null;
  readonly #unsaid = new UnsaidWords();
  #lostBecause = "";
  #hasQuit = false;
  #end: LinkEnd | null = null;

  constructor(start: LinkStart, tell: (event: LinkEvent) => void) {
    this.#address = start;
    this.#tell = tell;
    this.#standing = new Standing(start);
    this.#patience = new Patience(start.connectTimeoutMs, monotonicMs());
    this.#main = new MainWatch(new Pulse(start.pulse), monotonicMs());
  }

  /** Resolves to the reason when there is no master any more; to null when the run is over, or main has said `close`. */
  async run(): Promise<LinkEnd | null> {
    const watch = setInterval(() => this.#watch(), watchEveryMs);
    while (!this.#isOver) {
      const reason = await this.#attempt();
      if (this.#isOver) break;
      const waitMs = this.#patience.nextWaitMs(monotonicMs());
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
        if (this.#isIn) this.#conversation?.say(order.message);
        else this.#unsaid.add(order.message);
        return;
      case "report":
        this.#frames.add(order.sequence, order.frame);
        if (this.#isIn) this.#conversation?.sendFrame(order.frame);
        return;
      case "progress":
        this.#standing.progress = order.progress;
        this.#patience.loadRuns(this.#standing.isRunning, monotonicMs());
        return;
      case "close":
        this.#closing.abort();
        this.#conversation?.close();
        return;
    }
  }

  onHeard(): void {
    this.#orphanWatch.heard();
  }

  onWelcome(message: WelcomeMessage): void {
    const { runId } = this.#standing;
    if (runId !== null && runId !== message.runId) {
      this.#refuse("other-run", `it carries out run ${message.runId} now`);
      return;
    }
    this.#standing.runId = message.runId;
    this.#tell({ type: "message", message });
    this.onAcknowledged(message.lastSequence);
    for (const frame of this.#frames.inOrder()) this.#conversation?.sendFrame(frame);
    for (const word of this.#unsaid.take()) this.#conversation?.say(word);
  }

  onRefused({ reason, message }: Extract<MasterMessage, { type: "refused" }>): void {
    this.#refuse(reason, message);
  }

  onAcknowledged(sequence: number): void {
    this.#frames.acknowledged(sequence);
    this.#tell({ type: "acknowledged", sequence });
  }

  onTimeline(startedAtMs: number): void {
    this.#standing.startedAtMs = startedAtMs;
    this.#tell({ type: "timeline", startedAtMs });
  }

  onMessage(message: MasterWord): void {
    if (message.type === "prepare") this.#orphanWatch.timeoutMs = message.orphanTimeoutMs;
    if (message.type === "quit") this.#hasQuit = true;
    this.#tell({ type: "message", message });
  }

  onData(frame: Uint8Array): void {
    // A copy: the frame's memory may be part of a larger piece, which would go to main with it.
    this.#tell({ type: "data", frame: new Uint8Array(frame) });
  }

  vitals(): { users: number; blockedMs: number } {
    const { users, blockedMs } = this.#main;
    return { users, blockedMs };
  }

  get #isOver(): boolean {
    return this.#end !== null || this.#hasQuit || this.#closing.signal.aborted;
  }

  /** Whether a master listens now. */
  get #isIn(): boolean {
    return this.#conversation !== null && this.#conversation.welcomedAtMs !== null;
  }

  /** Opens one socket and stays with it to its end; why it ended, or was not to be had. */
  async #attempt(): Promise<string> {
    const leftMs = Math.max(watchEveryMs, this.#patience.leftMs(monotonicMs()));
    this.#reserve.release();
    try {
      const socket = await openSocket(this.#address, Math.min(handshakeTimeoutMs, leftMs), this.#closing.signal);
      this.#unsaid.keepBesideHello();
      this.#conversation = new Conversation(socket, this.#standing.hello(monotonicMs()), this);
    } catch (error) {
      if (!(error instanceof NoSocketError)) throw error;
      if (error.isForeign && this.#standing.runId === null) this.#end = { kind: "not-a-master", reason: error.message };
      return error.message;
    } finally {
      this.#reserve.hold();
    }
    if (this.#closing.signal.aborted) this.#conversation.close();
    const { reason, refused } = await this.#conversation.closed;
    const { acceptedAtMs } = this.#conversation;
    this.#conversation = null;
    // Said again it would be refused again.
    if (refused === "sent") this.#refuse("bad-report", `${refusalReasons["bad-report"]}: ${reason} (bad-report)`);
    if (refused === "received") this.#end ??= { kind: "not-understood", reason, left: this.#left };
    if (acceptedAtMs !== null && !this.#isOver) {
      this.#lostBecause = reason;
      this.#patience.lost(monotonicMs() - acceptedAtMs, monotonicMs());
      this.#tell({ type: "disconnected", reason });
    }
    return reason;
  }

  #hopeless(reason: string): LinkEnd {
    const { runId } = this.#standing;
    if (runId === null) return { kind: "no-master", reason };
    const since = reason === this.#lostBecause ? "" : `, and since then: ${reason}`;
    return { kind: "lost", reason: this.#lostBecause + since, left: { runId, reports: this.#frames.size } };
  }

  #refuse(reason: RefusalReason, message: string): void {
    this.#end ??= { kind: "refused", reason, message, left: this.#left };
    this.#conversation?.close();
  }

  /** Null for a worker that has not been in. */
  get #left(): Undelivered | null {
    const { runId } = this.#standing;
    return runId === null ? null : { runId, reports: this.#frames.size };
  }

  #watch(): void {
    const nowMs = monotonicMs();
    this.#main.pass(nowMs);
    this.#conversation?.pass(nowMs);
    if (this.#orphanWatch.pass(nowMs, this.#standing.isRunning, this.#isIn)) {
      this.#tell({ type: "orphaned", silentMs: this.#orphanWatch.silentMs });
    }
  }
}
