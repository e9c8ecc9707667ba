import { once } from "node:events";
import { WebSocket } from "ws";
import { maxPayloadBytes } from "../../protocol/channel.ts";

export interface MasterEndpoint {
  /** ws:// or wss:// */
  readonly url: string;
  /** Certificates to trust with wss://, PEM; default: those that Node.js trusts. */
  readonly authority?: string;
}

/** OpenSSL's error if the other side does not speak TLS. */
const noTls = /wrong version number|packet length too long|unsupported protocol/;
/** Node.js's error codes for certificates that are not trusted or belong to another host. A retry cannot succeed. */
const badCertificate = /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_)/;

/** A socket could not be opened. `isForeign`: the URL cannot be a master's, or something else answers there. */
export class NoSocketError extends Error {
  readonly isForeign: boolean;

  constructor(message: string, isForeign: boolean, options: ErrorOptions) {
    super(message, options);
    this.isForeign = isForeign;
  }
}

/**
 * Opens a WebSocket to the master.
 * @throws NoSocketError, also after `timeoutMs` or if the signal is aborted
 */
export async function openMasterSocket(
  address: MasterEndpoint,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<WebSocket> {
  const socket = newSocket(address, timeoutMs);
  try {
    await once(socket, "open", { signal });
    return socket;
  } catch (cause) {
    socket.on("error", () => {
      // The rejection above has reported it.
    });
    socket.terminate();
    throw noSocket(cause as Error & { code?: string });
  }
}

function noSocket(cause: Error & { readonly code?: string }): NoSocketError {
  const { message, code = "" } = cause;
  if (message.startsWith("Unexpected server response"))
    return new NoSocketError(message.toLowerCase(), true, { cause });
  if (noTls.test(message)) return new NoSocketError("it does not speak TLS", true, { cause });
  if (badCertificate.test(code)) {
    // Node.js appends advice on its own flags, which muster does not have.
    const [what = message] = message.split(";");
    return new NoSocketError(`its certificate is not trusted: ${what} (--tls-ca)`, true, { cause });
  }
  return new NoSocketError(message || code || String(cause), false, { cause });
}

function newSocket({ url, authority }: MasterEndpoint, handshakeTimeout: number): WebSocket {
  const trusted = authority === undefined ? {} : { ca: authority };
  try {
    return new WebSocket(url, { maxPayload: maxPayloadBytes, perMessageDeflate: false, handshakeTimeout, ...trusted });
  } catch (cause) {
    throw new NoSocketError((cause as Error).message.toLowerCase(), true, { cause });
  }
}
