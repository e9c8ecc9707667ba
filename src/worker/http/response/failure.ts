import type { FailureKind } from "../../../core/failure-kind.ts";
import { describeLimit, generatorLimitOf } from "../../../core/generator-limit.ts";
import { withoutConnection } from "../../../stats/connection-message.ts";
import { hasDescriptorLeft } from "../../descriptor-reserve.ts";

export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
}

/** A request, or a phase of it, exceeded its `timeout`; the message says which limit. */
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
  MUSTER_STREAM_LIMIT: "check",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  ETIMEDOUT: "timeout",
  ECONNREFUSED: "refused",
  // A unix socket that does not exist.
  ENOENT: "refused",
  EHOSTUNREACH: "refused",
  ENETUNREACH: "refused",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ECONNABORTED: "reset",
  UND_ERR_SOCKET: "reset",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
};

/**
 * Classifies a network error. An error of several addresses (happy eyeballs) is classified by the first one that
 * concerns the service: an address of a family that this machine lacks fails at once, whatever the other one says.
 */
export function classify(error: Error): Failure {
  const tried = error instanceof AggregateError ? error.errors.filter((one) => one instanceof Error) : [];
  const failures = (tried.length === 0 ? [error] : tried).map((one) => failureOf(one, error));
  return failures.find(({ kind }) => kind !== "generator") ?? (failures[0] as Failure);
}

function failureOf(error: Error, whole: Error): Failure {
  const code = codeOf(error) ?? codeOf(error.cause) ?? codeOf(whole) ?? "";
  // undici's parser error has no stable code.
  if (error.name === "HTTPParserError") return { kind: "protocol", message: error.message };
  const kind = kindByCode[code] ?? kindByPrefix(code);
  // Without free file descriptors, the system's resolver reports "not found", and loading a module reports "invalid".
  const cause = (kind === "dns" || kind === "other") && !hasDescriptorLeft() ? "EMFILE" : code;
  const limit = generatorLimitOf(cause);
  if (limit !== undefined) return { kind: "generator", message: describeLimit(cause, limit) };
  return { kind, message: advised(withoutConnection(error.message)) || code || error.name };
}

/** The advice of Node.js about untrusted certificates. It is replaced, because it is for the person who starts Node.js. */
const nodeAdvice = "; if the root CA is installed locally, try running Node.js with --use-system-ca";

function advised(message: string): string {
  return message.replace(nodeAdvice, "; tls.ca of the test names authorities to trust");
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
