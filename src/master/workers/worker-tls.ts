import { constants } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerOptions } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { handshakeTimeoutMs } from "../../protocol/authentication.ts";

/** A certificate and its key, for workers or browsers that connect over TLS; all PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
  /** The authorities that sign the certificates of workers; without them, workers need no certificate. */
  readonly clientAuthorities?: string;
}

/** The TLS identity of a master at its start, and its later replacements. */
export interface IdentitySource {
  readonly first: TlsIdentity;
  /** Calls a listener whenever the files have changed, until the returned function is called. */
  watch(onRenewed: (identity: TlsIdentity) => void, onUnusable: (reason: string) => void): () => void;
}

/**
 * Creates a server over TLS. It also accepts clients without a valid certificate, so that it can tell them what is
 * wrong.
 */
export function createTlsServer(
  options: ServerOptions<typeof IncomingMessage>,
  identity: TlsIdentity,
  answer: RequestListener,
): Server {
  const requestCert = identity.clientAuthorities !== undefined;
  const tls = { requestCert, rejectUnauthorized: false, handshakeTimeout: handshakeTimeoutMs };
  return createServer({ ...options, ...tls, ...contextOf(identity) }, answer);
}

/** Sets the identity for new connections. */
export function renewIdentity(server: Server, identity: TlsIdentity): void {
  server.setSecureContext(contextOf(identity));
}

function contextOf({ cert, key, clientAuthorities }: TlsIdentity): Parameters<Server["setSecureContext"]>[0] {
  const ca = clientAuthorities === undefined ? {} : { ca: clientAuthorities };
  // A resumed session would skip the verification of the client's certificate.
  return { cert, key, ...ca, secureOptions: constants.SSL_OP_NO_TICKET };
}

/** Returns what is wrong with the certificate of a client; null if nothing is. */
export function certificateProblem(socket: Socket): string | null {
  if (!(socket instanceof TLSSocket)) return "the connection does not use TLS";
  if (socket.authorized) return null;
  if (socket.getPeerX509Certificate() === undefined) return "the worker sent none (--tls-cert)";
  const code = String(socket.authorizationError);
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return "it has expired";
    case "CERT_NOT_YET_VALID":
      return "it is not valid yet";
    case "INVALID_PURPOSE":
      return "it is not for a TLS client";
    default:
      return `no authority of the master has signed it (${code})`;
  }
}
