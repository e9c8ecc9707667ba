import { readableText } from "../../../core/readable-text.ts";
import { redactBody, redactHeader, redactText } from "../../../core/redaction/redact.ts";
import { rounded } from "../../../report/numbers.ts";
import { version } from "../../../runner/process/version.ts";
import { bodyBeginning, type HeaderLine, headerOf } from "../../../worker/http/trace/message-parts.ts";
import type { TracedRequest } from "../../../worker/http/trace/traced-request.ts";
import { mostBodyBytes, receivedBytes } from "./request-text.ts";
import { reasonOf } from "./status-text.ts";

/**
 * Writes the requests as an HTTP archive (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/), which the developer tools
 * of browsers open. Secrets are masked. The comment of an entry is the place in the test that made the request.
 */
export function harLog(requests: readonly TracedRequest[]): string {
  const log = { version: "1.2", creator: { name: "muster", version }, entries: requests.map(entryOf) };
  return `${JSON.stringify({ log }, null, 2)}\n`;
}

function entryOf(traced: TracedRequest): object {
  const { times, place, startedAtMs } = traced;
  return {
    startedDateTime: new Date(startedAtMs).toISOString(),
    time: rounded(times.endedMs - times.askedMs),
    request: requestOf(traced),
    response: responseOf(traced),
    cache: {},
    timings: {
      blocked: rounded(times.blockedMs),
      dns: -1,
      // The time for TLS is part of the time to connect, as the format says.
      connect: times.connectMs === 0 ? -1 : rounded(times.connectMs + times.tlsMs),
      ssl: times.tlsMs === 0 ? -1 : rounded(times.tlsMs),
      send: rounded(times.sendingMs),
      wait: rounded(times.waitingMs),
      receive: rounded(times.receivingMs),
    },
    ...(place === "" ? {} : { comment: place }),
  };
}

function requestOf(traced: TracedRequest): object {
  const { method, origin, path, body } = traced.request;
  const type = headerOf(traced.requestHeaders, "content-type") ?? "";
  const url = redactText(origin + path);
  const bytes = body === null ? null : bodyBeginning(body, mostBodyBytes);
  return {
    method,
    url,
    httpVersion: "HTTP/1.1",
    cookies: [],
    headers: traced.requestHeaders.map(pair),
    queryString: [...new URL(url).searchParams].map(([name, value]) => ({ name, value })),
    ...(bytes === null ? {} : { postData: { mimeType: type, text: redactBody(textOf(bytes), type) } }),
    headersSize: -1,
    bodySize: bytes?.length ?? 0,
  };
}

function responseOf(traced: TracedRequest): object {
  const { response, responseHeaders } = traced;
  const type = headerOf(responseHeaders, "content-type") ?? "";
  const status = response?.status ?? 0;
  const body = receivedBytes(traced);
  return {
    status,
    statusText: reasonOf(status),
    httpVersion: "HTTP/1.1",
    cookies: [],
    headers: responseHeaders.map(pair),
    content: { size: body.length, mimeType: type, ...contentOf(body, type) },
    redirectURL: redactText(headerOf(responseHeaders, "location") ?? ""),
    headersSize: -1,
    bodySize: -1,
    ...(response?.error == null ? {} : { comment: redactText(response.error.message) }),
  };
}

/**
 * Returns the content of a body; binary data is in Base64. Text with a few bytes that are not UTF-8 is not, because its secrets
 * could not be masked then.
 */
function contentOf(body: Uint8Array, type: string): object {
  const text = readableText(body);
  return text === null
    ? { text: Buffer.from(body).toString("base64"), encoding: "base64" }
    : { text: redactBody(text, type) };
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function pair([name, value]: HeaderLine): object {
  return { name, value: redactHeader(name, value) };
}
