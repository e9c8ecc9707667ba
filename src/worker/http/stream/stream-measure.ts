import type { EndpointRecorder } from "../../../stats/endpoint-recorder.ts";
import type { StreamRecorders } from "../../../stats/interval-recorder.ts";
import type { SelectedStreams, StreamParts } from "./stream-parts.ts";

/** When the request of a stream was due and was sent, on the clock of `performance.now()`. */
interface StreamStart {
  readonly intendedMs: number;
  readonly sentMs: number;
}

/** The user that a stream belongs to. */
interface StreamOwner {
  /** Whether this process was stalled in this time. */
  touchedByStall(fromMs: number, toMs: number): boolean;
}

/** A stream that has ended. */
export interface EndedStream {
  readonly status: number;
  readonly serviceMs: number;
  readonly responseMs: number;
  /** False if its times are not recorded because the generator was stalled. */
  readonly isTimed: boolean;
  /** The failure, as a position in `failureKinds`; -1 if the stream has not failed. */
  readonly failure: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/**
 * Measures one streamed response: the time to its first event, the times between its events, and its total time. An event is
 * what the test reads: a server-sent event, a line or a chunk. Its time is when its last byte arrived, not when the test read
 * it. A response that the test never reads does not count as a stream, unless it failed.
 */
export class StreamMeasure {
  readonly #recorders: StreamRecorders;
  /** The parts of the streams that thresholds select and that include this one; null for none. */
  readonly #parts: StreamParts | null;
  readonly #owner: StreamOwner;
  #start: StreamStart = { intendedMs: 0, sentMs: 0 };
  #selected: SelectedStreams | null = null;
  /** When the latest event arrived, in ms since the request was sent; -1 before the first event. */
  #latestMs = -1;
  #isRead = false;
  #unread: EndedStream | null = null;

  constructor(recorders: StreamRecorders, parts: StreamParts | null, owner: StreamOwner) {
    this.#recorders = recorders;
    this.#parts = parts;
    this.#owner = owner;
  }

  /** Called when the head of the response has arrived. */
  begin({ intendedMs, sentMs }: StreamStart, status: number): void {
    this.#start = { intendedMs, sentMs };
    this.#selected = this.#parts?.withStatus(status) ?? null;
  }

  /** Called when the test begins to read. */
  read(): void {
    this.#isRead = true;
    if (this.#unread !== null) this.#record(this.#unread);
    this.#unread = null;
  }

  /** Called for an event that arrived `atMs` after the request was sent. */
  event(atMs: number): void {
    const { intendedMs, sentMs } = this.#start;
    const { first, events } = this.#recorders;
    const latestMs = this.#latestMs;
    this.#latestMs = atMs;
    for (const name of this.#selected?.counters ?? []) this.#parts?.count(name);
    if (latestMs < 0) {
      events.recordUntimed(0, 0);
      const responseMs = sentMs + atMs - intendedMs;
      if (this.#owner.touchedByStall(intendedMs, sentMs + atMs)) first.recordUntimed(0, 0);
      else recordTimes(first, this.#selected?.first, atMs, responseMs);
    } else if (this.#owner.touchedByStall(sentMs + latestMs, sentMs + atMs)) events.recordUntimed(0, 0);
    else recordTimes(events, this.#selected?.gaps, atMs - latestMs, atMs - latestMs);
  }

  /** Called when the request has ended. The test may still read data that has already arrived. */
  end(ended: EndedStream): void {
    if (this.#isRead || ended.failure >= 0) this.#record(ended);
    else this.#unread = ended;
  }

  #record({ status, serviceMs, responseMs, isTimed, failure, bytesIn, bytesOut }: EndedStream): void {
    const { ended } = this.#recorders;
    if (isTimed) ended.record(serviceMs * 1_000, responseMs * 1_000, bytesIn, bytesOut);
    else ended.recordUntimed(bytesIn, bytesOut);
    if (failure >= 0) ended.failures[failure] = (ended.failures[failure] ?? 0) + 1;
    const parts = (this.#selected ?? this.#parts?.withStatus(status))?.whole ?? [];
    if (isTimed) for (const part of parts) part.record(responseMs * 1_000, responseMs * 1_000, 0, 0);
  }
}

function recordTimes(
  all: EndpointRecorder,
  parts: readonly EndpointRecorder[] | undefined,
  serviceMs: number,
  responseMs: number,
): void {
  all.record(serviceMs * 1_000, responseMs * 1_000, 0, 0);
  for (const part of parts ?? []) part.record(responseMs * 1_000, responseMs * 1_000, 0, 0);
}
