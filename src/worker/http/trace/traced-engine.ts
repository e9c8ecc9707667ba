import type { Connections, Dispatched, Exchange, HeaderSource, HttpEngine, OutgoingRequest } from "../engine.ts";
import { MeasuredExchange } from "../exchange.ts";
import { placeInTest } from "./place-in-test.ts";
import { TracedRequest } from "./traced-request.ts";

/** Called for each request when it has ended, before the code of the test continues. */
export type TraceListener = (traced: TracedRequest) => void;

/**
 * Sends requests by another engine, and keeps what each of them sent and received. Only `muster try` uses it: a run uses
 * the engine itself.
 */
export function tracedEngine(engine: HttpEngine, listener: TraceListener): HttpEngine {
  return {
    ...engine,
    createConnections: (network) => new TracedConnections(engine.createConnections(network), listener),
  };
}

class TracedConnections implements Connections {
  readonly #connections: Connections;
  readonly #listener: TraceListener;

  constructor(connections: Connections, listener: TraceListener) {
    this.#connections = connections;
    this.#listener = listener;
  }

  dispatch(request: OutgoingRequest, exchange: Exchange, nowMs: number): Dispatched {
    const traced = new TracedRequest(request, placeInTest(), Date.now(), nowMs);
    if (exchange instanceof MeasuredExchange) this.#await(traced, exchange);
    const between = new TracedExchange(exchange, traced);
    const dispatched = this.#connections.dispatch(request, between, nowMs);
    return {
      abort: (_, reason) => dispatched.abort(between, reason),
      pause: () => dispatched.pause(between),
      resume: () => dispatched.resume(between),
    };
  }

  retire(): void {
    this.#connections.retire();
  }

  destroy(): void {
    this.#connections.destroy();
  }

  /** The test awaits the same promise, and later: this is called first. A streamed response is complete only later. */
  #await(traced: TracedRequest, { asked }: MeasuredExchange): void {
    traced.name = asked.endpoint.name;
    traced.group = asked.group?.path ?? "";
    if (asked.stream !== null) traced.streamed = Buffer.alloc(0);
    const end = () => this.#listener(traced);
    void asked.response.then((response) => {
      traced.response = response;
      if (asked.stream === null) end();
      else void asked.stream.over.then(end);
    }, end);
  }
}

/** Notes what the engine says about a request, and passes it on. */
class TracedExchange implements Exchange {
  readonly #exchange: Exchange;
  readonly #traced: TracedRequest;

  constructor(exchange: Exchange, traced: TracedRequest) {
    this.#exchange = exchange;
    this.#traced = traced;
  }

  sent(sentMs: number, connectMs: number, tlsMs: number): void {
    const { times } = this.#traced;
    times.connectMs = connectMs;
    times.tlsMs = tlsMs;
    if (times.sentMs === 0) times.sentMs = sentMs;
    else times.resentMs = sentMs;
    this.#exchange.sent(sentMs, connectMs, tlsMs);
  }

  written(writtenMs: number): void {
    this.#traced.times.writtenMs = writtenMs;
    this.#exchange.written(writtenMs);
  }

  head(status: number, headers: HeaderSource, firstByteMs: number): void {
    this.#traced.times.firstByteMs = firstByteMs;
    this.#traced.takeHead(headers);
    this.#exchange.head(status, headers, firstByteMs);
  }

  reconnects(nowMs: number): boolean {
    const isResent = this.#exchange.reconnects(nowMs);
    if (isResent) {
      this.#traced.isResent = true;
      this.#traced.times.writtenMs = 0;
    }
    return isResent;
  }

  body(bytes: Buffer, from: number, to: number): void {
    if (this.#traced.streamed !== null) this.#traced.takeStreamed(bytes.subarray(from, to));
    this.#exchange.body(bytes, from, to);
  }

  ended(endedMs: number, bytesIn: number, bytesOut: number): void {
    this.#end(endedMs, bytesIn, bytesOut);
    this.#exchange.ended(endedMs, bytesIn, bytesOut);
  }

  failed(error: Error, bytesIn: number, bytesOut: number): void {
    this.#end(performance.now(), bytesIn, bytesOut);
    this.#exchange.failed(error, bytesIn, bytesOut);
  }

  #end(endedMs: number, bytesIn: number, bytesOut: number): void {
    const traced = this.#traced;
    traced.times.endedMs = endedMs;
    traced.bytesIn = bytesIn;
    traced.bytesOut = bytesOut;
  }
}
