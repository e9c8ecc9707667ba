import type { HarEntry } from "./har.ts";
import type { HarHeader } from "./har-headers.ts";

export interface RecordedHeader {
  readonly name: string;
  readonly value: string;
  /** Not for a file that is shared: the test takes it from the environment. */
  readonly isSecret: boolean;
}

/** How the message is framed, what becomes of its connection, and what proxies add to it. */
const transport =
  /^(?:alt-used|connection|content-length|expect|forwarded|host|http2-settings|keep-alive|max-forwards|proxy-.*|te|trailer|transfer-encoding|upgrade|via|x-forwarded-.*)$/;
/** Of the recorded browser, its user and its state. Each user of the test has cookies of its own. */
const browsers =
  /^(?:accept-(?:charset|encoding|language)|cookie2?|device-memory|dnt|downlink|dpr|ect|if-range|origin|priority|purpose|referer|rtt|save-data|sec-.*|service-worker.*|upgrade-insecure-requests|user-agent|viewport-width|width|x-client-data|x-moz|x-purpose)$/;
/** Each recorded trace would become that of all requests of the run. */
const traces = /^(?:b3|newrelic|sentry-trace|traceparent|tracestate|x-amzn-trace-id|x-b3-.*|x-datadog-.*)$/;
/** A browser asks so about what is in its cache; with another method the application has asked. */
const cacheQuestions = /^if-(?:none-match|modified-since)$/;
/** These go with the body. */
const content = new Set(["content-type", "content-encoding"]);
const reload = /^(?:no-cache|no-store|max-age=0)(?:\s*,\s*(?:no-cache|no-store|max-age=0))*$/i;
/** For pages, and for what is in them. An application asks for a type of its own. */
const browsersAccept = /^(?:text\/html,\s*application\/x(?:ht)?ml|image\/|text\/css,|\*\/\*)/i;
const oneImage = /^image\/[\w.+-]+$/i;

const secretName =
  /authori[sz]ation|authentication|token|secret|api-?key|(?:access|auth|functions|subscription|shared)-?key|passw|session|signature|credential|^x-auth/;
const secretValue =
  /^(?:basic|bearer|digest|negotiate|aws4-hmac-sha256)\s|\beyJ[\w-]{8,}\.[\w-]+\.|^gh[a-z]_\w{20,}|^sk[-_]\w{12,}/i;

/** What the application has set, without what goes with the body. */
export function recordedHeaders({
  headers,
  method,
  url,
}: Pick<HarEntry, "headers" | "method" | "url">): RecordedHeader[] {
  const isReading = method === "GET" || method === "HEAD";
  const kept = headers.filter(({ name, value }) => isOfApplication(name, value.trim(), isReading));
  const byName = Map.groupBy([...kept, ...credentialsOf(url, kept)], ({ name }) => name);
  return [...byName].map(([name, list]) => {
    // RFC 9110, 5.3: lines of one name are one list.
    const value = sendable(list.map((header) => header.value).join(", "));
    return { name, value, isSecret: secretName.test(name) || secretValue.test(value) };
  });
}

function isOfApplication(name: string, value: string, isReading: boolean): boolean {
  // Names that begin with a colon are HTTP/2's request line; other names that are no token are an exporter's own lines.
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name) || content.has(name)) return false;
  if (transport.test(name) || browsers.test(name) || traces.test(name)) return false;
  if (cacheQuestions.test(name)) return !isReading;
  if (name === "cache-control" || name === "pragma") return !reload.test(value);
  if (name === "accept") return !browsersAccept.test(value) || oneImage.test(value);
  return true;
}

/** What a URL says before its host is sent as Basic credentials. */
function credentialsOf({ username, password }: URL, headers: readonly HarHeader[]): HarHeader[] {
  if ((username === "" && password === "") || headers.some(({ name }) => name === "authorization")) return [];
  return [{ name: "authorization", value: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` }];
}

/** Recorders decode what they can: HTTP sends bytes, and no control characters. */
export function sendable(value: string): string {
  const line = value.replace(/[^\t\P{Cc}]+/gu, " ").trim();
  return /[^\u0020-\u00ff\t]/.test(line) ? Buffer.from(line).toString("latin1") : line;
}
