import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { LiveEvents } from "../contract/live.ts";
import { EventRing } from "./event-ring.ts";
import { LiveReader } from "./live-reader.ts";
import { gzipHead, LiveText } from "./live-text.ts";

/** About ten minutes of windows of a test with ten endpoints. */
const maxEntries = 2_000;
const maxCharacters = 2 * 1024 * 1024;
/** The interval of heartbeat events. With them, a client can tell a quiet stream from a dead one. */
const heartbeatMs = 5_000;
const maxReaders = 100;

/** The types of events that are a history: they are numbered, kept for a while, and sent to every reader once. */
type LoggedType = "window" | "event" | "log";
/** The types of events that are snapshots: only the newest event of a type counts. */
type SnapshotType = "state" | "workers" | "plan" | "result";

/** Sends the live events to all connected clients, as server-sent events (HTML Living Standard, 9.2). */
export class LiveFeed {
  readonly #readers = new Set<LiveReader>();
  readonly #ring = new EventRing(maxEntries, maxCharacters);
  readonly #snapshots = new Map<SnapshotType, LiveText>();
  readonly #nowMs: () => number;
  /** A part of each event id. It makes the ids of another process invalid in this one. */
  readonly #epoch = randomBytes(4).toString("hex");
  readonly #heartbeat: NodeJS.Timeout;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#heartbeat = setInterval(() => this.#sendAll(new LiveText("event: heartbeat\ndata: {}\n\n")), heartbeatMs);
  }

  get readerCount(): number {
    return this.#readers.size;
  }

  /** The number of unsent bytes of all readers together. */
  get pendingBytes(): number {
    return [...this.#readers].reduce((sum, { pendingBytes }) => sum + pendingBytes, 0);
  }

  get isFull(): boolean {
    return this.#readers.size >= maxReaders;
  }

  /** The id of the newest event of the history. */
  get lastId(): string {
    return this.#idOf(this.#ring.last);
  }

  /** Sends a history event and keeps it for readers that reconnect. */
  log<Type extends LoggedType>(type: Type, data: LiveEvents[Type]): void {
    const json = JSON.stringify(data);
    const { text } = this.#ring.add((number) => `id: ${this.#idOf(number)}\nevent: ${type}\ndata: ${json}\n\n`);
    this.#sendAll(new LiveText(text));
  }

  /** Sends a snapshot if it has changed. Slow readers get the newest one once they have read what waits for them. */
  show<Type extends SnapshotType>(type: Type, data: LiveEvents[Type]): void {
    const text = `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
    if (this.#snapshots.get(type)?.text === text) return;
    const snapshot = new LiveText(text);
    this.#snapshots.set(type, snapshot);
    for (const reader of this.#readers) {
      if (reader.isBehind) reader.missed.add(type);
      else reader.send(snapshot);
    }
  }

  /** Drops the snapshots, so that a new reader does not get outdated ones. */
  forgetSnapshots(): void {
    this.#snapshots.clear();
  }

  /**
   * Connects a reader.
   * @param lastId the id of the last event that the reader has; null for a new reader
   * @param isCompressed whether the reader accepts gzip: 60 endpoints then take 5 kB each second instead of 48
   */
  connect(response: ServerResponse, lastId: string | null, isCompressed = false): void {
    // The client may have left while its token was checked. Its response has emitted "close" then, and will not do so again.
    if (response.destroyed) return;
    const reader = new LiveReader(response, isCompressed, this.#nowMs, {
      drained: () => this.#catchUp(reader),
      gone: () => this.#readers.delete(reader),
    });
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // Turns off the buffering of proxies such as nginx.
      "x-accel-buffering": "no",
      vary: "accept-encoding",
      ...(isCompressed ? { "content-encoding": "gzip" } : {}),
    });
    if (isCompressed) response.write(gzipHead);
    const events = ["retry: 1000\n\n", ...this.#missed(lastId)].map((text) => new LiveText(text));
    reader.begin([...events, ...this.#snapshots.values()]);
    this.#readers.add(reader);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const reader of this.#readers) reader.end();
  }

  #missed(lastId: string | null): string[] {
    if (lastId === null) return [`id: ${this.lastId}\nevent: hello\ndata: {}\n\n`];
    const [epoch, number] = lastId.split("-");
    const entries = epoch === this.#epoch ? this.#ring.after(Number(number)) : null;
    return entries?.map(({ text }) => text) ?? [`id: ${this.lastId}\nevent: reset\ndata: {}\n\n`];
  }

  /** Sends the snapshots that a reader did not get. The last ones of a run are not followed by others. */
  #catchUp(reader: LiveReader): void {
    for (const [type, snapshot] of this.#snapshots) if (reader.missed.delete(type)) reader.send(snapshot);
  }

  #sendAll(text: LiveText): void {
    for (const reader of this.#readers) reader.send(text);
  }

  #idOf(number: number): string {
    return `${this.#epoch}-${number}`;
  }
}
