import type { Connections, Dispatched, Exchange, HeaderSource, HttpEngine, OutgoingRequest } from "../engine.ts";
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

/** A request until it has a permit, and then between the engine and what follows the request: it uses the permit when it is sent. */
class WaitingRequest implements Dispatched, Exchange, PermitWait {
  readonly #connections: Connections;
  readonly #request: OutgoingRequest;
  readonly #exchange: Exchange;
  readonly #permits: Permits;
  #dispatched: Dispatched | null = null;
  #isOver = false;
  #usesPermit = false;

  constructor(connections: Connections, request: OutgoingRequest, exchange: Exchange, permits: Permits) {
    this.#connections = connections;
    this.#request = request;
    this.#exchange = exchange;
    this.#permits = permits;
  }

  begin(): void {
    if (this.#isOver) return;
    this.#exchange.holdTime?.();
    this.#permits.await(this);
  }

  permitted(nowMs: number): void {
    this.#usesPermit = true;
    try {
      this.#exchange.releaseTime?.(nowMs);
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

  sent(sentMs: number, connectMs: number, tlsMs: number): void {
    this.#use();
    this.#exchange.sent(sentMs, connectMs, tlsMs);
  }

  written(writtenMs: number): void {
    this.#exchange.written(writtenMs);
  }

  head(status: number, headers: HeaderSource, firstByteMs: number): void {
    this.#exchange.head(status, headers, firstByteMs);
  }

  reconnects(nowMs: number): boolean {
    return this.#exchange.reconnects(nowMs);
  }

  body(bytes: Buffer, from: number, to: number): void {
    this.#exchange.body(bytes, from, to);
  }

  ended(endedMs: number, bytesIn: number, bytesOut: number): void {
    this.#exchange.ended(endedMs, bytesIn, bytesOut);
  }

  failed(error: Error, bytesIn: number, bytesOut: number): void {
    // It has a permit that it was never sent with.
    this.#use();
    this.#exchange.failed(error, bytesIn, bytesOut);
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
