import { connect as connectPlain, type OnReadOpts, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectSecure, createSecureContext, type SecureContext } from "node:tls";
import type { SourceAddress } from "../source-addresses.ts";
import type { Origin } from "./origin.ts";

/**
 * What any socket reads is read into here: its owner is told at once, before another socket is read, and keeps nothing
 * of it. A buffer for each read costs as much time as all the parsing.
 */
export const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Notices a peer that has gone without a word. */
const keepAliveDelayMs = 60_000;

let openSockets = 0;

/** Connections that this engine has now, those that are being opened among them. */
export function openSocketCount(): number {
  return openSockets;
}

let sharedContext: SecureContext | undefined;

/** Where a connection goes and comes from. */
export interface SocketPlace {
  readonly origin: Origin;
  /** Null when the system is to choose. */
  readonly source: SourceAddress | null;
  /** A TLS session to resume; null for a new one. */
  readonly session: Buffer | null;
}

/** Opens a connection. `onRead` is called with the number of bytes that were read into `readBuffer`. */
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
  // Authorities are loaded once and not for each connection.
  sharedContext ??= createSecureContext();
  // Documented as an option of `tls.connect`, but not declared.
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
