import { isSecretHeader } from "../../../../core/redaction/secret-names.ts";
import type { HarEntry } from "./har.ts";
import type { HarHeader } from "./har-headers.ts";

export interface RecordedHeader {
  readonly name: string;
  readonly value: string;
  /** Whether the value is a secret, which the test reads from the environment. */
  readonly isSecret: boolean;
}

/** Headers about framing and the connection, and headers that proxies add. */
const transport =
  /^(?:alt-used|connection|content-length|expect|forwarded|host|http2-settings|keep-alive|max-forwards|proxy-.*|te|trailer|transfer-encoding|upgrade|via|x-forwarded-.*)$/;
/** Headers of the recorded browser and its state. Each user of the test has its own cookies. */
const browsers =
  /^(?:accept-(?:charset|encoding|language)|cookie2?|device-memory|dnt|downlink|dpr|ect|if-range|origin|priority|purpose|referer|rtt|save-data|sec-.*|service-worker.*|upgrade-insecure-requests|user-agent|viewport-width|width|x-client-data|x-moz|x-purpose)$/;
/** Trace headers: a recorded trace id would be the id of all requests of the run. */
const traces = /^(?:b3|newrelic|sentry-trace|traceparent|tracestate|x-amzn-trace-id|x-b3-.*|x-datadog-.*)$/;
/** Conditional headers, which a browser sends with GET and HEAD for its cache. With other methods, the application sets them. */
const cacheQuestions = /^if-(?:none-match|modified-since)$/;
/** Headers that describe the body. */
const content = new Set(["content-type", "content-encoding"]);
const reload = /^(?:no-cache|no-store|max-age=0)(?:\s*,\s*(?:no-cache|no-store|max-age=0))*$/i;
/** The default values of `accept` in browsers. An application sets other values. */
const browsersAccept = /^(?:text\/html,\s*application\/x(?:ht)?ml|image\/|text\/css,|\*\/\*)/i;
const oneImage = /^image\/[\w.+-]+$/i;

const secretValue =
  /^(?:basic|bearer|digest|negotiate|aws4-hmac-sha256)\s|\beyJ[\w-]{8,}\.[\w-]+\.|^gh[a-z]_\w{20,}|^sk[-_]\w{12,}/i;

/** Returns the headers that the application has set, without the headers that describe the body. */
export function recordedHeaders({
  headers,
  method,
  url,
}: Pick<HarEntry, "headers" | "method" | "url">): RecordedHeader[] {
  const isReading = method === "GET" || method === "HEAD";
  const kept = headers.filter(({ name, value }) => isOfApplication(name, value.trim(), isReading));
  const byName = Map.groupBy([...kept, ...credentialsOf(url, kept)], ({ name }) => name);
  return [...byName].map(([name, list]) => {
    // RFC 9110, 5.3: headers with the same name form a list.
    const value = sendable(list.map((header) => header.value).join(", "));
    return { name, value, isSecret: isSecretHeader(name) || secretValue.test(value) };
  });
}

function isOfApplication(name: string, value: string, isReading: boolean): boolean {
  // Names that start with a colon are pseudo-headers of HTTP/2; other invalid names are additions of an exporter.
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name) || content.has(name)) return false;
  if (transport.test(name) || browsers.test(name) || traces.test(name)) return false;
  if (cacheQuestions.test(name)) return !isReading;
  if (name === "cache-control" || name === "pragma") return !reload.test(value);
  if (name === "accept") return !browsersAccept.test(value) || oneImage.test(value);
  return true;
}

/** Returns the user and password of a URL as a header with Basic credentials. */
function credentialsOf({ username, password }: URL, headers: readonly HarHeader[]): HarHeader[] {
  if ((username === "" && password === "") || headers.some(({ name }) => name === "authorization")) return [];
  return [{ name: "authorization", value: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` }];
}

/** Encodes a header value as HTTP sends it: as bytes, without control characters. Recorders may have decoded it as UTF-8. */
export function sendable(value: string): string {
  const line = value.replace(/[^\t\P{Cc}]+/gu, " ").trim();
  return /[^\u0020-\u00ff\t]/.test(line) ? Buffer.from(line).toString("latin1") : line;
}
