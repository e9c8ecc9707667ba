import type { FailureKind } from "../../core/failure-kind.ts";

export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
}

/** A request, or a part of it, took longer than its `timeout`; the message says which. */
export class RequestTimeout extends Error {
  readonly code = "MUSTER_TIMEOUT";
}

/** The virtual user is being stopped: the request is interrupted, not failed. */
export class VirtualUserStopped extends Error {
  readonly code = "MUSTER_STOPPED";

  constructor() {
    super("the virtual user was stopped");
  }
}

const kindByCode: Readonly<Record<string, FailureKind>> = {
  MUSTER_TIMEOUT: "timeout",
  MUSTER_CLOSED: "reset",
  MUSTER_PROTOCOL: "protocol",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  ETIMEDOUT: "timeout",
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "refused",
  ENETUNREACH: "refused",
  EADDRNOTAVAIL: "refused",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ECONNABORTED: "reset",
  UND_ERR_SOCKET: "reset",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
};

/** Sorts a network error. Errors of several addresses (happy eyeballs) count as the first. */
export function classify(error: Error): Failure {
  const first = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const code = codeOf(first) ?? codeOf(first.cause) ?? codeOf(error) ?? "";
  // undici's parser error carries no stable code.
  if (first.name === "HTTPParserError") return { kind: "protocol", message: first.message };
  return { kind: kindByCode[code] ?? kindByPrefix(code), message: first.message || code || first.name };
}

function kindByPrefix(code: string): FailureKind {
  if (code.startsWith("HPE_") || code.startsWith("UND_ERR_RES") || code === "UND_ERR_HEADERS_OVERFLOW")
    return "protocol";
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code)) return "tls";
  return "other";
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
