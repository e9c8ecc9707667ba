import type { HeaderList, RequestOptions } from "../../../scenario/definition/http.ts";
import type { ServerSentEvent } from "../../../scenario/definition/streaming.ts";
import { Sleep } from "../../time/alarm-clock.ts";
import { type Failure, VirtualUserStopped } from "../response/failure.ts";

/** How a stream of events reconnects. */
export interface ReconnectRules {
  /** The stream ends after more than this number of connections in a row without an event. */
  readonly max: number;
  /** The time until the next connection, unless the service names another one. */
  readonly delayMs: number;
}

/** The state that outlives a connection: see "last event ID string" and "reconnection time" in WHATWG HTML, 9.2. */
export interface EventSourceState {
  lastId: string;
  /** The time until the next connection, as the service set it; null if it did not. */
  retryMs: number | null;
}

/** A streamed response: one connection of a stream of events. */
export interface StreamConnection {
  /** The status code; 0 without a response. */
  readonly status: number;
  readonly error: Failure | null;
  /** Whether the test, or its limits, have ended the stream. */
  readonly isLeft: boolean;
  readEvents(state: EventSourceState): AsyncIterable<ServerSentEvent>;
  discard(): void;
}

/** Reconnects a stream. */
export interface Reopener {
  /** Sends the request again. `remainingMs`: the longest time that the stream may last. */
  open(lastId: string, remainingMs: number): Promise<StreamConnection>;
  /** The running delays of the user. */
  readonly delays: Set<Sleep>;
  /** Whether the user is stopped. */
  isStopped(): boolean;
}

const fewestDelayMs = 100;
const mostDelayMs = 3_600_000;

/**
 * The events of a stream that reconnects when its connection ends or breaks, as an `EventSource` does: with the id of the
 * last event in `Last-Event-ID`. The stream ends when the test stops reading, when a response has another status than 200,
 * when a limit other than `maxGap` is exceeded, or after more than `max` connections in a row without an event.
 */
export class Reconnection {
  readonly #rules: ReconnectRules;
  readonly #reopener: Reopener;
  readonly #endsAtMs: number;
  #current: StreamConnection;
  #isCancelled = false;

  constructor(first: StreamConnection, rules: ReconnectRules, maxDurationMs: number, reopener: Reopener) {
    this.#current = first;
    this.#rules = rules;
    this.#endsAtMs = performance.now() + maxDurationMs;
    this.#reopener = reopener;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#current.discard();
    for (const delay of this.#reopener.delays) delay.look();
  }

  /** @param ended called with each connection that has ended. @throws VirtualUserStopped */
  async *events(ended: (last: StreamConnection) => void): AsyncGenerator<ServerSentEvent, undefined> {
    const state: EventSourceState = { lastId: "", retryMs: null };
    let inVain = 0;
    for (;;) {
      inVain++;
      for await (const event of this.#current.readEvents(state)) {
        inVain = 0;
        yield event;
      }
      ended(this.#current);
      if (!this.#mayReopen() || inVain > this.#rules.max) return;
      const delayMs = Math.min(mostDelayMs, Math.max(fewestDelayMs, state.retryMs ?? this.#rules.delayMs));
      await Sleep.begin(Math.max(0, Math.min(delayMs, this.#remainingMs)), this.#isOver, this.#reopener.delays);
      const remainingMs = this.#remainingMs;
      if (this.#reopener.isStopped()) throw new VirtualUserStopped();
      if (this.#isCancelled || remainingMs < 1) return;
      this.#current = await this.#reopener.open(state.lastId, remainingMs);
      // The test has cancelled the stream in the meantime.
      if (this.#isCancelled) this.#current.discard();
    }
  }

  readonly #isOver = () => this.#isCancelled || this.#reopener.isStopped();

  get #remainingMs(): number {
    return this.#endsAtMs - performance.now();
  }

  #mayReopen(): boolean {
    const { status, error, isLeft } = this.#current;
    if (this.#isCancelled || isLeft || (status !== 200 && status !== 0)) return false;
    return error === null || error.kind === "reset" || error.kind === "timeout" || status === 0;
  }
}

/** Returns the headers of a request that continues after the event with this id; empty if no event had an id. */
export function withLastId(headers: RequestOptions["headers"], lastId: string): RequestOptions["headers"] {
  if (lastId === "") return headers;
  // A `Last-Event-ID` that the test sets is for the first connection.
  const isOther = (name: string) => name.toLowerCase() !== "last-event-id";
  const isList = Array.isArray(headers) as boolean;
  if (isList) {
    return [...(headers as HeaderList).filter(([name]) => isOther(name)), ["Last-Event-ID", lastId]];
  }
  const given = Object.entries(headers ?? {}).filter(([name]) => isOther(name));
  return { ...Object.fromEntries(given), "Last-Event-ID": lastId };
}
