import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { WebSocket } from "ws";
import { maxPayloadBytes } from "../../protocol/channel.ts";
import { ForeignError, MasterLogin, RefusedError } from "./master-login.ts";

export interface MasterEndpoint {
  /** ws:// or wss:// */
  readonly url: string;
  /** The secret that the master must know; it is not sent. */
  readonly token: string;
  /** The files for wss://; they are read for each connection, because they may be renewed. */
  readonly tls?: TlsFiles;
}

/** Files in PEM format. */
export interface TlsFiles {
  /** The certificates to trust; by default, those that Node.js trusts. */
  readonly ca?: string;
  /** The certificate that this worker presents, and its key. */
  readonly cert?: string;
  readonly key?: string;
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
 * Opens a WebSocket to the master. When it resolves, both sides have proven that they know the token.
 * @throws RefusedError, or NoSocketError, also after `timeoutMs` or if the signal is aborted
 */
export async function openMasterSocket(
  address: MasterEndpoint,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<WebSocket> {
  const socket = newSocket(address, timeoutMs);
  const login = new MasterLogin(socket, address.token);
  const late = AbortSignal.timeout(Math.ceil(timeoutMs));
  try {
    const ends = AbortSignal.any([signal, late]);
    await once(socket, "open", { signal: ends });
    await Promise.race([login.done, rejectedBy(ends)]);
    return socket;
  } catch (cause) {
    socket.on("error", () => {
      // The rejection above has reported it.
    });
    socket.terminate();
    if (cause instanceof RefusedError) throw cause;
    if (late.aborted) throw new NoSocketError(`no answer within ${Math.ceil(timeoutMs) / 1_000} s`, false, { cause });
    throw noSocket(cause as Error & { code?: string });
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {
    // The rejection can come when the race is already over.
  });
  if (signal.aborted) reject(signal.reason);
  else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}

function noSocket(cause: Error & { readonly code?: string }): NoSocketError {
  const { message, code = "" } = cause;
  if (cause instanceof ForeignError) return new NoSocketError(message, true, { cause });
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

function newSocket({ url, tls = {} }: MasterEndpoint, handshakeTimeout: number): WebSocket {
  const files = contentsOf(tls);
  try {
    return new WebSocket(url, { maxPayload: maxPayloadBytes, perMessageDeflate: false, handshakeTimeout, ...files });
  } catch (cause) {
    throw new NoSocketError((cause as Error).message.toLowerCase(), true, { cause });
  }
}

/** Reads the files. While they are being replaced they may be unusable, which a retry resolves. */
function contentsOf(tls: TlsFiles): SecureContextOptions {
  try {
    const contents = Object.fromEntries(Object.entries(tls).map(([name, file]) => [name, readFileSync(file, "utf8")]));
    createSecureContext(contents);
    return contents;
  } catch (cause) {
    throw new NoSocketError(`the TLS files cannot be used: ${(cause as Error).message}`, false, { cause });
  }
}
