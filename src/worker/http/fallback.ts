import type { Connections, HttpEngine } from "./engine.ts";
import type { Network } from "./network/network.ts";
import { maxOrigins } from "./own/origin.ts";
import { type ProxySettings, proxyFor } from "./proxy-settings.ts";

/**
 * The origins whose requests another engine has to send, with the reason. Determined once for all users of a process.
 */
export class OriginFallback {
  readonly #engine: HttpEngine;
  readonly #proxies: ProxySettings;
  readonly #onFallback: (origin: string, why: string) => void;
  /** Whether each origin seen so far goes through a proxy. */
  readonly #isProxied = new Map<string, boolean>();
  /** Origins that this engine cannot talk to. */
  readonly #unable = new Set<string>();

  constructor(engine: HttpEngine, proxies: ProxySettings, onFallback: (origin: string, why: string) => void) {
    this.#engine = engine;
    this.#proxies = proxies;
    this.#onFallback = onFallback;
  }

  /** Creates the connections of one user. */
  createConnections(network: Network): Connections {
    return this.#engine.createConnections(network);
  }

  /**
   * Whether the other engine sends the requests to `origin`.
   * @param isRedirected whether `connectTo` names the origin: then its connections go to that place, and not through a proxy
   */
  takes(origin: string, isRedirected: boolean): boolean {
    if (this.#unable.size > 0 && this.#unable.has(origin)) return true;
    return !isRedirected && (this.#isProxied.get(origin) ?? this.#findProxy(origin));
  }

  /** Sends all later requests to `origin` with the other engine. */
  add(origin: string, why: string): void {
    if (this.#unable.has(origin)) return;
    if (this.#unable.size >= maxOrigins) this.#unable.clear();
    this.#unable.add(origin);
    this.#onFallback(origin, why);
  }

  #findProxy(origin: string): boolean {
    const proxy = proxyFor(origin, this.#proxies);
    if (this.#isProxied.size >= maxOrigins) this.#isProxied.clear();
    this.#isProxied.set(origin, proxy !== null);
    if (proxy !== null) this.#onFallback(origin, `they go through the proxy ${proxy.host}`);
    return proxy !== null;
  }
}
