import type { Connections, Dispatched, Exchange, HttpEngine, OutgoingRequest } from "../engine.ts";
import { MeasuredExchange } from "../exchange.ts";
import { Network } from "../network/network.ts";
import { parseOrigin } from "../own/origin.ts";
import { VirtualUserStopped } from "../response/failure.ts";
import type { Permits, PermitWait } from "./permits.ts";

/**
 * Sends requests by another engine, each when it has a permit. A run without `maxRequests` and `maxRequestsPerSecond` uses the
 * engine itself, so that limits cost it nothing.
 */
export function limitedEngine(engine: HttpEngine, permits: Permits): HttpEngine {
  return {
    ...engine,
    createConnections: (network = Network.usual) =>
      new LimitedConnections(engine.createConnections(network), network, permits),
  };
}

class LimitedConnections implements Connections {
  readonly #connections: Connections;
  readonly #network: Network;
  readonly #permits: Permits;

  constructor(connections: Connections, network: Network, permits: Permits) {
    this.#connections = connections;
    this.#network = network;
    this.#permits = permits;
  }

  dispatch(request: OutgoingRequest, exchange: Exchange): Dispatched {
    // A request that cannot be sent takes no permit, and its caller is told as without limits.
    this.#network.requireAllowed(parseOrigin(request.origin));
    const waiting = new WaitingRequest(this.#connections, request, exchange, this.#permits);
    // Later, as by an engine: the caller has the object to abort the request with then.
    queueMicrotask(() => waiting.begin());
    return waiting;
  }

  retire(): void {
    this.#connections.retire();
  }

  destroy(): void {
    this.#connections.destroy();
  }
}

/** A request until it has a permit, and then what carries it. */
class WaitingRequest implements Dispatched, PermitWait {
  readonly #connections: Connections;
  readonly #request: OutgoingRequest;
  readonly #exchange: Exchange;
  readonly #permits: Permits;
  #dispatched: Dispatched | null = null;
  #isOver = false;

  constructor(connections: Connections, request: OutgoingRequest, exchange: Exchange, permits: Permits) {
    this.#connections = connections;
    this.#request = request;
    this.#exchange = exchange;
    this.#permits = permits;
  }

  begin(): void {
    if (this.#isOver) return;
    // The time for a permit is none of the service's.
    if (this.#exchange instanceof MeasuredExchange) this.#exchange.holdTime();
    this.#permits.await(this);
  }

  permitted(nowMs: number): void {
    try {
      if (this.#exchange instanceof MeasuredExchange) this.#exchange.releaseTime(nowMs);
      this.#dispatched = this.#connections.dispatch(this.#request, this.#exchange, nowMs);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  refused(): void {
    this.#fail(new VirtualUserStopped());
  }

  abort(exchange: Exchange, reason: Error): void {
    if (this.#dispatched !== null) this.#dispatched.abort(exchange, reason);
    else {
      this.#permits.leave(this);
      this.#fail(reason);
    }
  }

  pause(exchange: Exchange): void {
    this.#dispatched?.pause(exchange);
  }

  resume(exchange: Exchange): void {
    this.#dispatched?.resume(exchange);
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#exchange.failed(error, 0, 0);
  }
}
