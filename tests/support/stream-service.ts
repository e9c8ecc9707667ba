import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Distribution } from "../../src/report/result/result-schema.ts";
import { Disturbed } from "./attempts.ts";
import type { Cleanup } from "./test-process.ts";

/** So long that what sockets take is little of it. */
const firstEventMs = 800;
const gapMs = 50;

/** When things happened on one stream, by the clock of the service. */
interface SentStream {
  readonly arrivedMs: number;
  readonly eventsMs: number[];
}

/** Sends streams of 20 events per second, and keeps when it sent each event. */
export class StreamService {
  readonly streams: SentStream[] = [];
  readonly url: string;
  #stallMs: readonly [from: number, to: number] | null = null;

  private constructor(url: string) {
    this.url = url;
  }

  /**
   * @param events the number of events of a stream
   * @param stall when the service sends nothing on any stream, counted from its first request
   */
  static async start(cleanup: Cleanup, events: number, stall: { atMs: number; forMs: number }): Promise<StreamService> {
    const server = createServer({ keepAliveTimeout: 0 }, (_request, response) =>
      service.#send(response, events, stall),
    );
    server.listen(0, "127.0.0.1", 1_024);
    await once(server, "listening");
    const service = new StreamService(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    cleanup.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return service;
  }

  /** The times from each request to its first event, ascending, in ms. */
  get firstEventsMs(): number[] {
    return sorted(this.streams.map(({ arrivedMs, eventsMs }) => (eventsMs[0] ?? 0) - arrivedMs));
  }

  /** The times from one event of a stream to the next, ascending, in ms. */
  get gapsMs(): number[] {
    const gaps = this.streams.flatMap(({ eventsMs }) => eventsMs.slice(1).map((ms, at) => ms - (eventsMs[at] ?? 0)));
    return sorted(gaps);
  }

  /**
   * The times to the first event from when each request was due, `rate` per second. The first requests came on time, as users
   * were free.
   */
  firstEventsSinceDueMs(rate: number, freeUsers: number): number[] {
    const dueMs = (position: number) => (position * 1_000) / rate;
    const offsets = this.streams.slice(0, freeUsers).map(({ arrivedMs }, position) => arrivedMs - dueMs(position));
    const startMs = Math.min(...offsets);
    return sorted(this.streams.map(({ eventsMs }, position) => (eventsMs[0] ?? 0) - startMs - dueMs(position)));
  }

  #send(response: ServerResponse, events: number, stall: { atMs: number; forMs: number }): void {
    const arrivedMs = performance.now();
    this.#stallMs ??= [arrivedMs + stall.atMs, arrivedMs + stall.atMs + stall.forMs];
    const [stallFromMs, stallToMs] = this.#stallMs;
    const stream: SentStream = { arrivedMs, eventsMs: [] };
    this.streams.push(stream);
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    const next = (delayMs: number) => {
      const dueMs = performance.now() + delayMs;
      const isStalled = dueMs >= stallFromMs && dueMs < stallToMs;
      setTimeout(send, isStalled ? stallToMs - performance.now() : delayMs);
    };
    const send = () => {
      stream.eventsMs.push(performance.now());
      response.write(`data: ${stream.eventsMs.length}\n\n`);
      if (stream.eventsMs.length === events) response.end();
      else next(gapMs);
    };
    next(firstEventMs);
  }
}

/**
 * Asserts that percentiles equal those of the truth within 5 %, and 5 ms for what timers and sockets take.
 * @throws Disturbed when they do not
 */
export function assertNear(what: string, measured: Distribution, truth: readonly number[]): void {
  const off = ["50", "75", "90", "95", "99"].flatMap((percentile) => {
    const ms = measured.percentiles[percentile] ?? 0;
    const trueMs = percentileOf(truth, Number(percentile));
    return Math.abs(ms - trueMs) <= 0.05 * trueMs + 5 ? [] : [`p${percentile} ${ms} ms, and ${trueMs} ms in truth`];
  });
  if (off.length > 0) throw new Disturbed(`${what}: ${off.join("; ")}`);
}

/** The percentile as muster computes it: the smallest value that at least this share of all do not exceed. */
function percentileOf(ascending: readonly number[], percentile: number): number {
  return ascending[Math.max(0, Math.ceil((percentile / 100) * ascending.length) - 1)] ?? 0;
}

function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}
