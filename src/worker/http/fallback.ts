import type { Connections, HttpEngine } from "./engine.ts";
import { type ProxySettings, proxyFor } from "./proxy-settings.ts";

const maxOrigins = 1_000;

/**
 * The origins whose requests another engine has to send, with the reason. Determined once for all users of a process.
 */
export class OriginFallback {
  readonly #engine: HttpEngine;
  readonly #proxies: ProxySettings;
  readonly #onFallback: (origin: string, why: string) => void;
  /** Whether each origin seen so far needs the other engine. */
  readonly #known = new Map<string, boolean>();

  constructor(engine: HttpEngine, proxies: ProxySettings, onFallback: (origin: string, why: string) => void) {
    this.#engine = engine;
    this.#proxies = proxies;
    this.#onFallback = onFallback;
  }

  /** Creates the connections of one user. */
  createConnections(): Connections {
    return this.#engine.createConnections();
  }

  takes(origin: string): boolean {
    const known = this.#known.get(origin);
    if (known !== undefined) return known;
    const proxy = proxyFor(origin, this.#proxies);
    if (proxy === null) this.#remember(origin, false);
    else this.add(origin, `they go through the proxy ${proxy.host}`);
    return proxy !== null;
  }

  /** Sends all requests to `origin` by the other engine from now on. */
  add(origin: string, why: string): void {
    if (this.#known.get(origin) === true) return;
    this.#remember(origin, true);
    this.#onFallback(origin, why);
  }

  #remember(origin: string, takes: boolean): void {
    if (this.#known.size >= maxOrigins) this.#known.clear();
    this.#known.set(origin, takes);
  }
}
