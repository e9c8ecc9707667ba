import type { buildConnector } from "undici";
import type { OutgoingRequest } from "../engine.ts";
import { proxyAuthorization } from "../proxy-url.ts";
import type { SourceAddress, SourceAddresses } from "../source-addresses.ts";
import { loadUndici } from "./loader.ts";
import { openTunnel } from "./proxy-tunnel.ts";

/** Ends what is left of a connection attempt. The requests have shorter limits and have ended long before. */
const longestConnectMs = 120_000;

type Connector = ReturnType<typeof buildConnector>;

/**
 * Where a connection of undici goes, and how its requests are written.
 *
 *   no proxy          -> to the origin
 *   http:  by a proxy -> to the proxy, with the full URL in each request
 *   https: by a proxy -> to the origin, through a tunnel that the proxy opens
 */
export class UndiciPlace {
  readonly clientOrigin: string;
  readonly #asksProxy: boolean;
  /** The headers for a proxy that gets full URLs. */
  readonly #proxyHeaders: readonly string[];
  readonly connect: Connector;

  constructor(origin: string, proxy: URL | null, sources: SourceAddresses) {
    const isSecure = origin.startsWith("https:");
    this.#asksProxy = proxy !== null && !isSecure;
    this.clientOrigin = proxy !== null && !isSecure ? proxy.origin : origin;
    const authorization = proxy === null ? null : proxyAuthorization(proxy);
    this.#proxyHeaders = authorization === null ? [] : ["proxy-authorization", authorization];
    const source = sources.nextTo(new URL(this.clientOrigin).hostname.replace(/^\[|\]$/g, ""));
    const connect = connectorFrom(source);
    this.connect = proxy !== null && isSecure ? throughTunnel(proxy, connect) : connect;
  }

  pathOf({ origin, path }: OutgoingRequest): string {
    return this.#asksProxy ? origin + path : path;
  }

  headersOf({ origin, headers }: OutgoingRequest): readonly string[] {
    if (!this.#asksProxy) return headers.list;
    const host = headers.hasHost ? [] : ["host", new URL(origin).host];
    return [...host, ...headers.list, ...this.#proxyHeaders];
  }
}

function connectorFrom(source: SourceAddress | null): Connector {
  const connect = loadUndici().buildConnector({ timeout: longestConnectMs, ...source });
  if (source === null) return connect;
  return (options, callback) => connect({ ...options, localAddress: source.localAddress }, callback);
}

function throughTunnel(proxy: URL, connect: Connector): Connector {
  return (options, callback) => {
    const target = `${options.hostname.includes(":") ? `[${options.hostname}]` : options.hostname}:${options.port || "443"}`;
    openTunnel(proxy, target, longestConnectMs, (error, socket) => {
      if (error !== null || socket === null) callback(error ?? new Error("no tunnel"), null);
      else connect({ ...options, httpSocket: socket }, callback);
    });
  };
}
