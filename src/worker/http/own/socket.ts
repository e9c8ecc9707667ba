import { connect as connectPlain, type OnReadOpts, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectSecure, createSecureContext, type SecureContext } from "node:tls";
import type { SourceAddress } from "../source-addresses.ts";
import type { Origin } from "./origin.ts";

/**
 * All sockets read into this buffer. Its content is passed on at once, before another socket is read, and copied where
 * it must be kept. Allocating a buffer for each read would take as much time as all the parsing.
 */
export const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** The delay of TCP keep-alive, which detects a peer that has vanished. */
const keepAliveDelayMs = 60_000;

let openSockets = 0;

/** The number of connections of this engine, including those that are being opened. */
export function openSocketCount(): number {
  return openSockets;
}

let sharedContext: SecureContext | undefined;

/** The two ends of a connection. */
export interface SocketPlace {
  readonly origin: Origin;
  /** The local address; null when the operating system is to choose. */
  readonly source: SourceAddress | null;
  /** A TLS session to resume; null for a new one. */
  readonly session: Buffer | null;
}

/** Opens a connection. Calls `onRead` with the number of bytes that were read into `readBuffer`. */
export function openTcpSocket(place: SocketPlace, onRead: (byteCount: number) => boolean): Socket {
  const onread = { buffer: readBuffer, callback: onRead };
  const socket = place.origin.isSecure ? secureSocket(place, onread) : plainSocket(place, onread);
  openSockets++;
  socket.once("close", countClosed);
  return socket;
}

function countClosed(): void {
  openSockets--;
}

function plainSocket({ origin, source }: SocketPlace, onread: OnReadOpts): Socket {
  const { host, port } = origin;
  const keeping = { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs };
  return connectPlain({ host, port, onread, ...keeping, ...source });
}

function secureSocket({ origin, source, session }: SocketPlace, onread: OnReadOpts): Socket {
  const { host, port, serverName } = origin;
  // The certificate authorities are loaded once, not for each connection.
  sharedContext ??= createSecureContext();
  // Documented as an option of `tls.connect`, but missing from its types.
  const options: ConnectionOptions & { onread: OnReadOpts } = {
    host,
    port,
    onread,
    secureContext: sharedContext,
    ALPNProtocols: ["http/1.1"],
    ...source,
  };
  if (serverName !== null) options.servername = serverName;
  if (session !== null) options.session = session;
  return connectSecure(options).setNoDelay(true).setKeepAlive(true, keepAliveDelayMs);
}
