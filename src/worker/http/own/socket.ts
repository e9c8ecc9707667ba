import {
  connect as connectPlain,
  type IpcNetConnectOpts,
  isIP,
  type OnReadOpts,
  type Socket,
  type TcpNetConnectOpts,
} from "node:net";
import { type ConnectionOptions, checkServerIdentity, connect as connectSecure } from "node:tls";
import type { Destination } from "../../../scenario/connections/connect-to.ts";
import type { Names } from "../network/names.ts";
import type { Network } from "../network/network.ts";
import type { TlsSettings } from "../network/tls-settings.ts";
import type { SourceAddress, SourceAddresses } from "../source-addresses.ts";
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

/** Where and how a connection is opened. */
export interface SocketPlace {
  readonly origin: Origin;
  /** The destination of the connection in place of the origin; null for the origin itself. */
  readonly destination: Destination | null;
  /** The local address; null if the operating system chooses it. */
  readonly source: SourceAddress | null;
  /** A TLS session to resume; null for a new one. */
  readonly session: Buffer | null;
  readonly tls: TlsSettings;
  readonly names: Names;
}

/** Returns where and how the next connection to `origin` is opened. */
export function socketPlace(
  origin: Origin,
  network: Network,
  sources: SourceAddresses,
  session: Buffer | null,
): SocketPlace {
  const destination = network.destinationOf(origin);
  const isUnix = destination?.kind === "unix";
  const host = destination?.kind === "tcp" && destination.host !== null ? destination.host : origin.host;
  const source = isUnix ? null : sources.nextTo(host);
  return { origin, destination, source, session, tls: network.tls, names: network.names };
}

/**
 * Opens a connection.
 * @param onRead called with the number of bytes that were read into `readBuffer`; null to read the socket as a stream
 */
export function openSocket(place: SocketPlace, onRead: ((byteCount: number) => boolean) | null): Socket {
  const onread = onRead === null ? undefined : { buffer: readBuffer, callback: onRead };
  const socket = place.origin.isSecure ? secureSocket(place, onread) : plainSocket(place, onread);
  openSockets++;
  socket.once("close", countClosed);
  return socket;
}

/** Reports which address of a name was reached, when `socket` has connected. */
export function reportReached({ origin, destination, names }: SocketPlace, socket: Socket): void {
  const { autoSelectFamilyAttemptedAddresses: attempted } = socket;
  if (attempted === undefined || destination?.kind === "unix") return;
  names.connected(destination?.host ?? origin.host, attempted);
}

function countClosed(): void {
  openSockets--;
}

/** The remote end of the connection, as options of `net.connect`. */
type FarEnd = (TcpNetConnectOpts | IpcNetConnectOpts) & { readonly autoSelectFamilyAttemptTimeout?: number };

function farEnd({ origin, destination, source, names }: SocketPlace): FarEnd {
  if (destination?.kind === "unix") return { path: destination.path };
  const host = destination?.host ?? origin.host;
  const port = destination?.port ?? origin.port;
  return isIP(host) === 0 ? { host, port, ...names.optionsFor(host), ...source } : { host, port, ...source };
}

function plainSocket(place: SocketPlace, onread: OnReadOpts | undefined): Socket {
  const keeping = { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs };
  return connectPlain({ ...farEnd(place), ...(onread === undefined ? {} : { onread }), ...keeping });
}

function secureSocket(place: SocketPlace, onread: OnReadOpts | undefined): Socket {
  const { origin, session, tls } = place;
  const serverName = tls.serverName ?? origin.serverName;
  // Documented as an option of `tls.connect`, but missing from its types.
  const options: ConnectionOptions & { onread: OnReadOpts | undefined } = {
    ...farEnd(place),
    onread,
    // The certificates are loaded once, not for each connection.
    secureContext: tls.context,
    ALPNProtocols: ["http/1.1"],
  };
  if (serverName !== null) options.servername = serverName;
  // Otherwise the name or address that was connected to would be expected in the certificate.
  else options.checkServerIdentity = (_connectedTo, certificate) => checkServerIdentity(origin.host, certificate);
  if (tls.isInsecure) options.rejectUnauthorized = false;
  if (session !== null) options.session = session;
  return connectSecure(options).setNoDelay(true).setKeepAlive(true, keepAliveDelayMs);
}
