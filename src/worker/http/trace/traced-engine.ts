import type { Exchange, HeaderSource, HttpEngine } from "../engine.ts";
import { ExchangeBetween, engineBetween } from "../engine-between.ts";
import { MeasuredExchange } from "../exchange.ts";
import { placeInTest } from "./place-in-test.ts";
import { TracedRequest } from "./traced-request.ts";

/** Called for each request when it has ended, before the code of the test continues. */
export type TraceListener = (traced: TracedRequest) => void;

/**
 * Returns an engine that sends requests with `engine`, and keeps what each of them sent and received. Only `muster try` uses
 * it: a run uses the engine itself.
 */
export function tracedEngine(engine: HttpEngine, listener: TraceListener): HttpEngine {
  return engineBetween(engine, (connections) => (request, exchange, nowMs) => {
    const traced = new TracedRequest(request, placeInTest(), Date.now(), nowMs);
    if (exchange instanceof MeasuredExchange) listenTo(traced, exchange, listener);
    const between = new TracedExchange(exchange, traced);
    const dispatched = connections.dispatch(request, between, nowMs);
    return {
      abort: (_, reason) => dispatched.abort(between, reason),
      pause: () => dispatched.pause(between),
      resume: () => dispatched.resume(between),
    };
  });
}

/**
 * Calls the listener when a request has ended. The test awaits the same promise, but only after this call, so the listener is
 * called first. A streamed response is complete only when its stream is over.
 */
function listenTo(traced: TracedRequest, { asked }: MeasuredExchange, listener: TraceListener): void {
  traced.name = asked.endpoint.name;
  traced.group = asked.group?.path ?? "";
  if (asked.stream !== null) traced.streamed = Buffer.alloc(0);
  const end = () => listener(traced);
  void asked.response.then((response) => {
    traced.response = response;
    if (asked.stream === null) end();
    else void asked.stream.over.then(end);
  }, end);
}

/** Records the events of a request, and passes them on. */
class TracedExchange extends ExchangeBetween {
  readonly #traced: TracedRequest;

  constructor(exchange: Exchange, traced: TracedRequest) {
    super(exchange);
    this.#traced = traced;
  }

  override sent(sentMs: number, connectMs: number, tlsMs: number): void {
    const { times } = this.#traced;
    times.connectMs = connectMs;
    times.tlsMs = tlsMs;
    if (times.sentMs === 0) times.sentMs = sentMs;
    else times.resentMs = sentMs;
    super.sent(sentMs, connectMs, tlsMs);
  }

  override written(writtenMs: number): void {
    this.#traced.times.writtenMs = writtenMs;
    super.written(writtenMs);
  }

  override head(status: number, headers: HeaderSource, firstByteMs: number): void {
    this.#traced.times.firstByteMs = firstByteMs;
    this.#traced.takeHead(headers);
    super.head(status, headers, firstByteMs);
  }

  override reconnects(nowMs: number): boolean {
    const isResent = super.reconnects(nowMs);
    if (isResent) {
      this.#traced.isResent = true;
      this.#traced.times.writtenMs = 0;
    }
    return isResent;
  }

  override body(bytes: Buffer, from: number, to: number): void {
    if (this.#traced.streamed !== null) this.#traced.takeStreamed(bytes.subarray(from, to));
    super.body(bytes, from, to);
  }

  override ended(endedMs: number, bytesIn: number, bytesOut: number): void {
    this.#end(endedMs, bytesIn, bytesOut);
    super.ended(endedMs, bytesIn, bytesOut);
  }

  override failed(error: Error, bytesIn: number, bytesOut: number): void {
    this.#end(performance.now(), bytesIn, bytesOut);
    super.failed(error, bytesIn, bytesOut);
  }

  #end(endedMs: number, bytesIn: number, bytesOut: number): void {
    const traced = this.#traced;
    traced.times.endedMs = endedMs;
    traced.bytesIn = bytesIn;
    traced.bytesOut = bytesOut;
  }
}
