import type { Connections, Dispatched, Exchange, HttpEngine, OutgoingRequest } from "../engine.ts";
import { ExchangeBetween, engineBetween } from "../engine-between.ts";
import { parseOrigin } from "../own/origin.ts";
import { VirtualUserStopped } from "../response/failure.ts";
import type { Permits, PermitWait } from "./permits.ts";

/**
 * Returns an engine that sends requests with `engine`, each once it has a permit. A run without `maxRequests`,
 * `maxRequestsPerSecond` and `cost` uses the engine itself, so that limits cost it nothing.
 */
export function limitedEngine(engine: HttpEngine, permits: Permits): HttpEngine {
  return engineBetween(engine, (connections, network) => (request, exchange) => {
    // A request that cannot be sent takes no permit, and this throws the same error as without limits.
    network.requireAllowed(parseOrigin(request.origin));
    const waiting = new WaitingRequest(connections, request, exchange, permits);
    // Deferred, as in an engine: by then, the caller has the object to abort the request with.
    queueMicrotask(() => waiting.begin());
    return waiting;
  });
}

/**
 * A request that waits for a permit. Once it has one, this object is between the engine and the exchange that follows the
 * request. The permit is used when the request is sent.
 */
class WaitingRequest extends ExchangeBetween implements Dispatched, PermitWait {
  readonly #connections: Connections;
  readonly #request: OutgoingRequest;
  readonly #permits: Permits;
  #dispatched: Dispatched | null = null;
  #isOver = false;
  #usesPermit = false;

  constructor(connections: Connections, request: OutgoingRequest, exchange: Exchange, permits: Permits) {
    super(exchange);
    this.#connections = connections;
    this.#request = request;
    this.#permits = permits;
  }

  begin(): void {
    if (this.#isOver) return;
    this.holdTime();
    this.#permits.await(this);
  }

  permitted(nowMs: number): void {
    this.#usesPermit = true;
    try {
      this.releaseTime(nowMs);
      this.#dispatched = this.#connections.dispatch(this.#request, this, nowMs);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  refused(): void {
    this.#fail(new VirtualUserStopped());
  }

  abort(_: Exchange, reason: Error): void {
    if (this.#dispatched !== null) this.#dispatched.abort(this, reason);
    else {
      this.#permits.leave(this);
      this.#fail(reason);
    }
  }

  pause(): void {
    this.#dispatched?.pause(this);
  }

  resume(): void {
    this.#dispatched?.resume(this);
  }

  override sent(sentMs: number, connectMs: number, tlsMs: number): void {
    this.#use();
    super.sent(sentMs, connectMs, tlsMs);
  }

  override failed(error: Error, bytesIn: number, bytesOut: number): void {
    // A request with a permit may fail before it is sent: then its permit counts as used.
    this.#use();
    super.failed(error, bytesIn, bytesOut);
  }

  #use(): void {
    if (!this.#usesPermit) return;
    this.#usesPermit = false;
    this.#permits.use();
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.failed(error, 0, 0);
  }
}
