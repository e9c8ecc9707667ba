import { isIP } from "node:net";
import { type ConnectionOptions, checkServerIdentity } from "node:tls";
import type { buildConnector } from "undici";
import type { Destination } from "../../../scenario/connections/connect-to.ts";
import type { OutgoingRequest } from "../engine.ts";
import type { Network } from "../network/network.ts";
import type { TlsSettings } from "../network/tls-settings.ts";
import { type Origin, parseOrigin } from "../own/origin.ts";
import { proxyAuthorization } from "../proxy-url.ts";
import type { SourceAddresses } from "../source-addresses.ts";
import { loadUndici } from "./loader.ts";
import { openTunnel } from "./proxy-tunnel.ts";

/** The time limit for a connection attempt that is left over. The requests have shorter limits and have ended long before. */
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

  constructor(origin: string, proxy: URL | null, sources: SourceAddresses, network: Network) {
    const isSecure = origin.startsWith("https:");
    this.#asksProxy = proxy !== null && !isSecure;
    this.clientOrigin = proxy !== null && !isSecure ? proxy.origin : origin;
    const authorization = proxy === null ? null : proxyAuthorization(proxy);
    this.#proxyHeaders = authorization === null ? [] : ["proxy-authorization", authorization];
    const connectsTo = parseOrigin(this.clientOrigin);
    // `connectTo` is for the origin, not for its proxy.
    const destination = proxy === null ? network.destinationOf(connectsTo) : null;
    const connect = connector(parseOrigin(origin), connectsTo, destination, { sources, network });
    this.connect = proxy !== null && isSecure ? throughTunnel(proxy, connect) : connect;
  }

  pathOf({ origin, path }: OutgoingRequest): string {
    return this.#asksProxy ? origin + path : path;
  }

  headersOf({ origin, headers }: OutgoingRequest): readonly string[] {
    // undici adds the length itself.
    const list = headers.hasLength ? withoutLength(headers.list) : headers.list;
    if (!this.#asksProxy) return list;
    const host = headers.hasHost ? [] : ["host", new URL(origin).host];
    return [...host, ...list, ...this.#proxyHeaders];
  }
}

function withoutLength(list: readonly string[]): string[] {
  return list.filter((_, at) => list[at - (at % 2)]?.toLowerCase() !== "content-length");
}

/** `origin` is in the URL of the requests, `connectsTo` is that origin or its proxy, and `destination` replaces both. */
function connector(
  origin: Origin,
  connectsTo: Origin,
  destination: Destination | null,
  { sources, network }: { readonly sources: SourceAddresses; readonly network: Network },
): Connector {
  const { tls } = network;
  const isUnix = destination?.kind === "unix";
  const host = (isUnix ? null : destination?.host) ?? connectsTo.host;
  const port = isUnix ? null : (destination?.port ?? null);
  const source = isUnix ? null : sources.nextTo(host);
  const serverName = tls.serverName ?? origin.serverName;
  const connect = loadUndici().buildConnector({
    timeout: longestConnectMs,
    ...(isUnix ? { socketPath: destination.path } : {}),
    ...(isIP(host) === 0 && !isUnix ? network.names.optionsFor(host) : {}),
    ...(origin.isSecure ? securityOf(origin, serverName, tls) : {}),
    ...source,
  });
  return (options, callback) => {
    const to = {
      ...options,
      ...(destination === null || isUnix ? {} : { hostname: host, port: port === null ? options.port : String(port) }),
      ...(source === null ? {} : { localAddress: source.localAddress }),
    };
    // undici would ask for the name in the `host` header, but our own engine asks for the name in the URL.
    if (origin.isSecure && serverName !== null) to.servername = serverName;
    else if (!origin.isSecure) delete to.servername;
    connect(to, (...result) => {
      if (!isUnix) network.names.connected(host, result[1]?.autoSelectFamilyAttemptedAddresses);
      callback(...result);
    });
  };
}

type Security = Pick<ConnectionOptions, "secureContext" | "checkServerIdentity" | "rejectUnauthorized">;

function securityOf(origin: Origin, serverName: string | null, tls: TlsSettings): Security {
  // Without settings, undici creates a context for each connection, as it does without muster.
  const options: Security = tls.isUsual ? {} : { secureContext: tls.context };
  if (serverName === null) {
    options.checkServerIdentity = (_connectedTo, certificate) => checkServerIdentity(origin.host, certificate);
  }
  if (tls.isInsecure) options.rejectUnauthorized = false;
  return options;
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
