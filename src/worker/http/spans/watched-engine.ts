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
  /** Its times are those of the request. */
  readonly exchange: MeasuredExchange;
  /** 0 without a response. */
  readonly status: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Its response time in ms, as its endpoint records it: while no load is open, that is its service time. */
export function responseMsOf({ asked: { endpoint }, exchange: { times } }: EndedRequest): number {
  return endpoint.responseTime === null ? times.serviceMs : times.responseMs;
}

/** What is done with each request of a run that traces or logs its requests. */
export interface RequestWatcher {
  begin(request: OutgoingRequest): RequestSpan;
  /** Makes a `traceparent`; absent if requests have none. */
  readonly traceparent?: () => string;
  /** Called when the request has been recorded, before the code of the test continues. */
  ended(ended: EndedRequest): void;
}

/**
 * Sends requests by another engine, with a `traceparent`, and tells how they ended. A run that neither traces nor logs
 * requests uses the engine itself, so that this costs it nothing.
 */
export function watchedEngine(engine: HttpEngine, watcher: RequestWatcher): HttpEngine {
  const { traceparent } = watcher;
  const between = engineBetween(engine, (connections) => (request, exchange, nowMs) => {
    if (!(exchange instanceof MeasuredExchange)) return connections.dispatch(request, exchange, nowMs);
    return new WatchedExchange(exchange, watcher.begin(request), watcher).dispatchBy(connections, nowMs);
  });
  return traceparent === undefined ? between : { ...between, traceparent };
}

/** Passes on what the engine says about a request, and knows what the exchange forgets when it has ended. */
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

  /** The event loop has called, and must not get an exception. */
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
