import type { Connections, Dispatched, Exchange, HttpEngine, OutgoingRequest } from "../engine.ts";
import type { OriginFallback } from "../fallback.ts";
import { Network } from "../network/network.ts";
import { noProxies, type ProxySettings } from "../proxy-settings.ts";
import { SourceAddresses } from "../source-addresses.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import { type DirectIo, directIo } from "./direct-io.ts";
import { maxOrigins, type Origin, parseOrigin } from "./origin.ts";
import { type SocketPlace, socketPlace } from "./socket.ts";

const origins = new Map<string, Origin>();

export interface OwnEngineOptions {
  readonly sources?: SourceAddresses;
  /** The proxies of the environment; default: none. */
  readonly proxies?: ProxySettings;
  /** Takes the requests to origins that this engine does not support. Without a fallback, they fail. */
  readonly fallback?: OriginFallback | null;
  /** The direct access to sockets; null to use sockets as streams only. */
  readonly directIo?: DirectIo | null;
  /** The number of origins at which a user forgets those without an open request; default: `maxOrigins`. */
  readonly maxOrigins?: number;
}

/** What all connections of an engine share. */
interface Shared {
  readonly sources: SourceAddresses;
  readonly fallback: OriginFallback | null;
  readonly directIo: DirectIo | null;
  readonly maxOrigins: number;
}

/**
 * Returns an engine for HTTP/1.1 over plain sockets and TLS. It has no layer between socket and virtual user that a load test
 * does not need.
 */
export function newOwnEngine(options: OwnEngineOptions = {}): HttpEngine {
  const usual = { sources: new SourceAddresses([]), proxies: noProxies, fallback: null, directIo, maxOrigins };
  const shared = { ...usual, ...options };
  const { sources, proxies } = shared;
  return { sources, proxies, createConnections: (network = Network.usual) => new OwnConnections(shared, network) };
}

class OwnConnections implements Connections {
  readonly #shared: Shared;
  readonly #network: Network;
  readonly #byOrigin = new Map<string, OriginConnections>();
  /** This user's connections of the fallback engine; null until the first request that needs it. */
  #other: Connections | null = null;
  /** The latest origin: most users have only one. */
  #latest: OriginConnections | null = null;

  constructor(shared: Shared, network: Network) {
    this.#shared = shared;
    this.#network = network;
  }

  dispatch(request: OutgoingRequest, exchange: Exchange, nowMs: number): Dispatched {
    if (this.#latest === null || this.#latest.name !== request.origin)
      this.#latest = this.#connectionsTo(request.origin);
    return this.#latest.dispatch(request, exchange, nowMs);
  }

  retire(): void {
    for (const connections of this.#byOrigin.values()) connections.retire();
    this.#other?.retire();
  }

  destroy(): void {
    for (const connections of this.#byOrigin.values()) connections.destroy();
    this.#other?.destroy();
  }

  /** Sends the request with the fallback engine. Returns null if there is no such engine. */
  dispatchByOther(request: OutgoingRequest, exchange: Exchange, nowMs: number): Dispatched | null {
    this.#other ??= this.#shared.fallback?.createConnections(this.#network) ?? null;
    return this.#other?.dispatch(request, exchange, nowMs) ?? null;
  }

  #connectionsTo(name: string): OriginConnections {
    let connections = this.#byOrigin.get(name);
    if (connections === undefined) {
      this.#network.requireAllowed(originOf(name));
      if (this.#byOrigin.size >= this.#shared.maxOrigins) this.#forgetUnused();
      connections = new OriginConnections(name, this.#network, this.#shared, this);
      this.#byOrigin.set(name, connections);
    }
    return connections;
  }

  /** Forgets the origins without an open request. */
  #forgetUnused(): void {
    for (const [name, connections] of this.#byOrigin) if (connections.closeUnused()) this.#byOrigin.delete(name);
  }
}

/** The connections of one user to one origin. Free connections are on a stack, so that as few as possible remain in use. */
class OriginConnections implements ConnectionOwner {
  readonly name: string;
  readonly origin: Origin;
  session: Buffer | null = null;
  /** Whether `connectTo` names the origin. */
  readonly #isRedirected: boolean;
  readonly #network: Network;
  readonly #shared: Shared;
  readonly #user: OwnConnections;
  readonly #free: Connection[] = [];
  readonly #all: Connection[] = [];
  #isRetired = false;

  constructor(name: string, network: Network, shared: Shared, user: OwnConnections) {
    this.name = name;
    this.origin = originOf(name);
    this.#network = network;
    this.#shared = shared;
    this.#user = user;
    this.#isRedirected = network.redirects(this.origin);
  }

  get directIo(): DirectIo | null {
    return this.#shared.directIo;
  }

  /** Returns where and how the next connection is opened. */
  nextPlace(): SocketPlace {
    return socketPlace(this.origin, this.#network, this.#shared.sources, this.session);
  }

  dispatch(request: OutgoingRequest, exchange: Exchange, nowMs: number): Dispatched {
    for (let free = this.#free.pop(); free !== undefined; free = this.#free.pop()) {
      if (free.isUsable(nowMs)) {
        free.send(request, exchange, nowMs);
        return free;
      }
      free.close();
    }
    if (this.#shared.fallback?.takes(this.name, this.#isRedirected)) {
      const dispatched = this.#user.dispatchByOther(request, exchange, nowMs);
      if (dispatched !== null) return dispatched;
    }
    return this.#open(request, exchange, nowMs);
  }

  reconnect(request: OutgoingRequest, exchange: Exchange): Dispatched {
    return this.#open(request, exchange, performance.now());
  }

  #open(request: OutgoingRequest, exchange: Exchange, nowMs: number): Connection {
    const opened = new Connection(this, request, exchange, nowMs);
    this.#all.push(opened);
    return opened;
  }

  handOver(request: OutgoingRequest, exchange: Exchange, why: string): Dispatched | null {
    this.#shared.fallback?.add(this.name, why);
    return this.#user.dispatchByOther(request, exchange, performance.now());
  }

  released(connection: Connection): void {
    if (this.#isRetired) connection.close();
    else this.#free.push(connection);
  }

  closed(connection: Connection): void {
    remove(this.#all, connection);
    remove(this.#free, connection);
  }

  /** Closes the free connections. Returns whether no connection is left. */
  closeUnused(): boolean {
    for (const connection of this.#free.splice(0)) connection.close();
    return this.#all.length === 0;
  }

  retire(): void {
    this.#isRetired = true;
    this.closeUnused();
  }

  destroy(): void {
    for (const connection of [...this.#all]) connection.destroy();
  }
}

function remove(connections: Connection[], connection: Connection): void {
  const index = connections.indexOf(connection);
  if (index >= 0) connections.splice(index, 1);
}

function originOf(name: string): Origin {
  let origin = origins.get(name);
  if (origin === undefined) {
    origin = parseOrigin(name);
    if (origins.size >= maxOrigins) origins.clear();
    origins.set(name, origin);
  }
  return origin;
}
