import type { AskedRequest } from "../asked-request.ts";
import { defects } from "../defects.ts";
import type { Connections, Dispatched, Exchange, HeaderSource, HttpEngine, OutgoingRequest } from "../engine.ts";
import { ExchangeBetween, engineBetween } from "../engine-between.ts";
import { MeasuredExchange } from "../exchange.ts";
import { VirtualUserStopped } from "../response/failure.ts";
import type { RequestSpan } from "./request-span.ts";

/** A request that has ended and was recorded, before its exchange is used for the next one. */
export interface EndedRequest {
  readonly span: RequestSpan;
  readonly asked: AskedRequest;
  /** The exchange, which still has the times of the request. */
  readonly exchange: MeasuredExchange;
  /** The status code; 0 without a response. */
  readonly status: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Returns the response time of a request in ms, as its endpoint records it: the service time if no load is open. */
export function responseMsOf({ asked: { endpoint }, exchange: { times } }: EndedRequest): number {
  return endpoint.responseTime === null ? times.serviceMs : times.responseMs;
}

/** Watches each request of a run that traces or logs its requests. */
export interface RequestWatcher {
  begin(request: OutgoingRequest): RequestSpan;
  /** Returns a `traceparent`; absent if requests have none. */
  readonly traceparent?: () => string;
  /** Called when the request has been recorded, before the code of the test continues. */
  ended(ended: EndedRequest): void;
}

/**
 * Returns an engine that sends requests with `engine`, adds a `traceparent`, and reports how they ended to `watcher`. A run
 * that neither traces nor logs requests uses the engine itself, so that this costs it nothing.
 */
export function watchedEngine(engine: HttpEngine, watcher: RequestWatcher): HttpEngine {
  const { traceparent } = watcher;
  const between = engineBetween(engine, (connections) => (request, exchange, nowMs) => {
    if (!(exchange instanceof MeasuredExchange)) return connections.dispatch(request, exchange, nowMs);
    return new WatchedExchange(exchange, watcher.begin(request), watcher).dispatchBy(connections, nowMs);
  });
  return traceparent === undefined ? between : { ...between, traceparent };
}

/** Passes on the calls of the engine for a request, and keeps what the exchange no longer has when it has ended. */
class WatchedExchange extends ExchangeBetween<MeasuredExchange> implements Dispatched {
  readonly #span: RequestSpan;
  readonly #watcher: RequestWatcher;
  #dispatched: Dispatched | null = null;
  #status = 0;

  constructor(exchange: MeasuredExchange, span: RequestSpan, watcher: RequestWatcher) {
    super(exchange);
    this.#span = span;
    this.#watcher = watcher;
  }

  /** @throws InvalidRequest */
  dispatchBy(connections: Connections, nowMs: number): Dispatched {
    this.exchange.span = this.#span;
    try {
      this.#dispatched = connections.dispatch(this.#span.request, this, nowMs);
    } catch (error) {
      this.exchange.span = null;
      throw error;
    }
    return this;
  }

  abort(_: Exchange, reason: Error): void {
    this.#dispatched?.abort(this, reason);
  }

  pause(): void {
    this.#dispatched?.pause(this);
  }

  resume(): void {
    this.#dispatched?.resume(this);
  }

  override head(status: number, headers: HeaderSource, firstByteMs: number): void {
    this.#status = status;
    super.head(status, headers, firstByteMs);
  }

  override ended(endedMs: number, bytesIn: number, bytesOut: number): void {
    const { asked } = this.exchange;
    super.ended(endedMs, bytesIn, bytesOut);
    this.#over(asked, bytesIn, bytesOut);
  }

  override failed(error: Error, bytesIn: number, bytesOut: number): void {
    const { asked } = this.exchange;
    super.failed(error, bytesIn, bytesOut);
    // A request that the end of the run interrupted is not recorded either.
    if (error instanceof VirtualUserStopped) this.exchange.span = null;
    else this.#over(asked, bytesIn, bytesOut);
  }

  /** Reports the end of the request. The event loop is the caller, and must not get an exception. */
  #over(asked: AskedRequest, bytesIn: number, bytesOut: number): void {
    const [exchange, span] = [this.exchange, this.#span];
    exchange.span = null;
    try {
      this.#watcher.ended({ span, asked, exchange, status: this.#status, bytesIn, bytesOut });
    } catch (error) {
      defects.contain(error);
    }
  }
}
