import { readableText } from "../../../core/readable-text.ts";
import { hideSecretsWithin, longestForm } from "../../../core/redaction/known-secrets.ts";
import { redactBody, redactHeader, redactText } from "../../../core/redaction/redact.ts";
import { phaseNames } from "../../../core/request-phase.ts";
import type { FailedRequest } from "../../../stats/evidence/failed-request.ts";
import type { HeaderSource, OutgoingRequest } from "../engine.ts";
import type { RequestTimes } from "../request-times.ts";
import { bodyBytes, type ReceivedBody } from "../response/received-body.ts";
import type { ReceivedResponse } from "../response/response.ts";
import type { RequestSpan } from "../spans/request-span.ts";
import {
  bodyBeginning,
  type HeaderLine,
  headerOf,
  requestHeadersOf,
  responseHeadersOf,
  startLineOf,
} from "./message-parts.ts";

/** The longest head and the longest body that are kept of a failed request, in characters and bytes. */
const mostHeadLength = 2_000;
const mostHeaderLength = 500;
const mostBodyBytes = 1_000;
/** A longer compressed body is not decompressed for its first bytes. */
const mostDecodedBytes = 64 * 1024;

/** A request that has just failed, before its exchange is used for the next one. */
export interface FailedExchange {
  readonly asked: { readonly request: OutgoingRequest };
  readonly times: RequestTimes;
  /** The headers of the response; null without a response. */
  readonly headers: HeaderSource | null;
  /** The part of the body that was kept. */
  readonly received: ReceivedBody;
  /** The span of the request; null unless the run traces or logs its requests. */
  readonly span: RequestSpan | null;
}

/**
 * Describes a failed request, with secrets masked. `atMs`: the time since the start of the run; `user`: the number of the
 * user.
 */
export function describeFailedRequest(
  { asked, times, headers, received, span }: FailedExchange,
  response: ReceivedResponse,
  user: number,
  atMs: number,
): FailedRequest {
  const request = span?.request ?? asked.request;
  const traceId = span?.traceId ?? "";
  const sentHeaders = requestHeadersOf(request);
  const receivedHeaders = headers === null ? [] : responseHeadersOf(headers);
  const sentBody = bodyBeginning(request.body, mostBodyBytes + bytesOfSecrets());
  const receivedBody = headers?.hasContentEncoding === true ? decodedBody(received, response) : bodyBytesOf(received);
  return {
    atMs: Math.max(0, Math.round(atMs)),
    worker: 0,
    user,
    request: headText(redactText(startLineOf(request)), sentHeaders),
    requestBody: bodyText(sentBody, sentHeaders),
    response: headers === null ? "" : headText(String(response.status), receivedHeaders),
    responseBody: receivedBody === null ? "(compressed)" : bodyText(receivedBody, receivedHeaders),
    durationMs: times.serviceMs,
    phasesMs: times.sentMs === 0 ? [] : phaseNames.map((_, phase) => times.phaseMs(phase) ?? 0),
    ...(traceId === "" ? {} : { traceId }),
  };
}

function headText(first: string, headers: readonly HeaderLine[]): string {
  const lines = headers.map(([name, value]) => cut(`${name}: ${redactHeader(name, value)}`, mostHeaderLength));
  return cut([cut(first, mostHeadLength / 2), ...lines].join("\n"), mostHeadLength);
}

function bodyText(bytes: Uint8Array, headers: readonly HeaderLine[]): string {
  const type = headerOf(headers, "content-type");
  const beginning = readableText(bytes.subarray(0, mostBodyBytes));
  if (beginning === null) return `(${type ?? "binary data"})`;
  // A secret that is cut would not be recognized.
  const more = new TextDecoder().decode(bytes.subarray(0, mostBodyBytes + bytesOfSecrets()), { stream: true });
  const redacted = redactBody(hideSecretsWithin(more, beginning.length), type);
  return bytes.length >= mostBodyBytes ? `${redacted}…` : redacted;
}

/**
 * Returns how many bytes after a cut are needed to recognize a known secret that begins before it. A character of length 1
 * takes at most 3 bytes.
 */
function bytesOfSecrets(): number {
  return 3 * longestForm();
}

function bodyBytesOf(received: ReceivedBody): Uint8Array | null {
  try {
    return bodyBytes(received);
  } catch {
    return null;
  }
}

/** Returns the decompressed body; null if it is too long, incomplete or damaged. */
function decodedBody(received: ReceivedBody, response: ReceivedResponse): Uint8Array | null {
  const bytes = bodyBytesOf(received);
  if (bytes === null || bytes.length > mostDecodedBytes) return null;
  try {
    return response.body;
  } catch {
    return null;
  }
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
