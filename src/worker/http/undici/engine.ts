import type { Connections, Dispatched, Exchange, HttpEngine, OutgoingRequest } from "../engine.ts";
import { Network } from "../network/network.ts";
import { maxOrigins, parseOrigin } from "../own/origin.ts";
import { type ProxySettings, proxyFor } from "../proxy-settings.ts";
import { InvalidRequest } from "../request/invalid-request.ts";
import type { SourceAddresses } from "../source-addresses.ts";
import { UndiciConnection } from "./connection.ts";
import { UndiciPlace } from "./place.ts";

/**
 * Returns an engine that uses undici: for HTTP/1.1, and for HTTP/2 if a server prefers it or supports nothing else. One
 * undici `Client` is one connection. Free connections are on a stack of our own, because the pools of undici have an
 * unbounded queue, which would hide waiting times.
 * @param most the number of origins at which a user closes the connections to them
 */
export function newUndiciEngine(sources: SourceAddresses, proxies: ProxySettings, most = maxOrigins): HttpEngine {
  return {
    sources,
    proxies,
    createConnections: (network = Network.usual) => new UndiciConnections(sources, proxies, network, most),
  };
}

class UndiciConnections implements Connections {
  readonly #sources: SourceAddresses;
  readonly #proxies: ProxySettings;
  readonly #network: Network;
  readonly #maxOrigins: number;
  readonly #free = new Map<string, UndiciConnection[]>();
  readonly #all = new Set<UndiciConnection>();

  constructor(sources: SourceAddresses, proxies: ProxySettings, network: Network, most: number) {
    this.#sources = sources;
    this.#proxies = proxies;
    this.#network = network;
    this.#maxOrigins = most;
  }

  dispatch(request: OutgoingRequest, exchange: Exchange): Dispatched {
    const free = this.#free.get(request.origin)?.pop();
    if (free !== undefined) return free.dispatch(request, exchange);
    let connection: UndiciConnection;
    try {
      connection = this.#connect(request.origin);
    } catch (error) {
      if (error instanceof InvalidRequest) throw error;
      // undici is loaded with its first connection, which opens files and can fail. The caller may be the callback of a
      // socket.
      return new UnsentRequest(exchange, error as Error);
    }
    return connection.dispatch(request, exchange);
  }

  retire(): void {
    for (const connection of this.#all) connection.retire();
    this.#free.clear();
  }

  destroy(): void {
    for (const connection of this.#all) connection.destroy();
    this.#all.clear();
    this.#free.clear();
  }

  #connect(origin: string): UndiciConnection {
    let stack = this.#free.get(origin);
    if (stack === undefined) {
      this.#network.requireAllowed(parseOrigin(origin));
      if (this.#free.size >= this.#maxOrigins) this.retire();
      stack = [];
      this.#free.set(origin, stack);
    }
    const proxy = this.#network.redirects(parseOrigin(origin)) ? null : proxyFor(origin, this.#proxies);
    const place = new UndiciPlace(origin, proxy, this.#sources, this.#network);
    const connection = new UndiciConnection(place, stack, (destroyed) => this.#all.delete(destroyed));
    this.#all.add(connection);
    return connection;
  }
}

/** A request that fails in the next turn of the event loop: by then, the caller has the object to abort it with. */
class UnsentRequest implements Dispatched {
  #exchange: Exchange | null;

  constructor(exchange: Exchange, error: Error) {
    this.#exchange = exchange;
    setImmediate(() => this.abort(exchange, error));
  }

  pause(): void {}

  resume(): void {}

  abort(_exchange: Exchange, reason: Error): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.failed(reason, 0, 0);
  }
}
