import { basicAuthorization } from "../../../core/url-credentials.ts";
import type { FollowedRedirect, HttpResponse, Method, RequestOptions } from "../../../scenario/definition/http.ts";
import { staysWithOrigin } from "../request/credentials.ts";
import { expecting as expectingOr } from "./judgement.ts";
import type { ReceivedResponse } from "./response.ts";

/** One request of a redirect chain. */
export interface Hop {
  readonly method: Method;
  readonly url: string;
  readonly options: RequestOptions;
  /** The user and password of an earlier URL in the chain, if they also apply here. */
  readonly authorization: string | null;
  /**
   * Whether a redirect has led to another origin. From then on, no credentials are sent, even if the chain comes back: the
   * other origin may have chosen the URL.
   */
  readonly isElsewhere: boolean;
  /** The origins of the chain so far. */
  readonly origins: readonly string[];
}

/**
 * Sends requests until a response is not a redirect or `maxRedirects` were followed.
 * @throws what `send` throws.
 */
export async function followRedirects(
  first: Hop,
  maxRedirects: number,
  send: (hop: Hop) => Promise<ReceivedResponse>,
): Promise<ReceivedResponse> {
  const followed: FollowedRedirect[] = [];
  for (let hop = first; ; ) {
    const isLast = followed.length >= maxRedirects;
    const response = await send(expecting(hop, followed, isLast));
    response.redirects = followed;
    const next = isLast ? null : nextHop(hop, response);
    if (next === null) return response;
    response.discard();
    followed.push({ url: response.url, status: response.status });
    hop = next;
  }
}

/** Applies the expectation of the test to the last response only, not to redirects that are followed. */
function expecting(hop: Hop, followed: readonly FollowedRedirect[], isLast: boolean): Hop {
  const { expect } = hop.options;
  if (expect === undefined) return hop;
  const expectation = expectingOr((response) => {
    if (!isLast && destination(response) !== null) return true;
    (response as ReceivedResponse).redirects = followed;
    return false;
  }, expect);
  return { ...hop, options: { ...hop.options, expect: expectation } };
}

/**
 * Returns the next request after the response to `hop`; null if the response is not a redirect to an http or https URL. As in
 * browsers, the method becomes GET without a body after 303, and after 301 or 302 in response to POST (Fetch standard,
 * "HTTP-redirect fetch"). Credentials stay with their origin.
 */
function nextHop(hop: Hop, response: HttpResponse): Hop | null {
  const to = destination(response);
  if (to === null) return null;
  const { method, options } = hop;
  const { query: _, json, form, multipart, body, ...rest } = options;
  const isSameOrigin = to.origin === new URL(response.url).origin;
  const authorization = isSameOrigin && basicAuthorization(to) === null ? credentialsOf(hop) : null;
  const headers = isSameOrigin ? options.headers : withoutCredentials(options.headers);
  const origins = hop.origins.includes(to.origin) ? hop.origins : [...hop.origins, to.origin];
  const kept = headers === undefined ? rest : { ...rest, headers };
  const isElsewhere = hop.isElsewhere || !isSameOrigin;
  const { status } = response;
  if (status === 303 ? method !== "HEAD" : method === "POST" && status <= 302) {
    const bodiless = without(kept, aboutBody);
    return { method: "GET", url: to.href, options: bodiless, authorization, isElsewhere, origins };
  }
  const content = { ...(json === undefined ? {} : { json }), ...(form === undefined ? {} : { form }) };
  const raw = { ...(multipart === undefined ? {} : { multipart }), ...(body === undefined ? {} : { body }) };
  const sent = { ...kept, ...content, ...raw };
  return { method, url: to.href, options: sent, authorization, isElsewhere, origins };
}

/** The credentials of the host are not passed on: every request to its origin has them anyway. */
function credentialsOf({ url, authorization }: Hop): string | null {
  if (authorization !== null) return authorization;
  const whole = URL.parse(url);
  return whole === null ? null : basicAuthorization(whole);
}

/** Headers that describe a body and are dropped with it (Fetch standard, "request-body-header name"). */
const aboutBody = ["content-type", "content-length", "content-encoding", "content-language", "content-location"];
const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function destination({ status, headers, url }: HttpResponse): URL | null {
  const to = redirecting.has(status) && headers.location ? URL.parse(decoded(headers.location), url) : null;
  return to !== null && (to.protocol === "http:" || to.protocol === "https:") ? to : null;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** Servers send UTF-8 that is not percent-encoded, and browsers follow it. Headers are read as Latin-1. */
function decoded(location: string): string {
  if (!/[\x80-\xff]/.test(location) || /[^\0-\xff]/.test(location)) return location;
  try {
    return strictUtf8.decode(Buffer.from(location, "latin1"));
  } catch {
    return location;
  }
}

function withoutCredentials(headers: RequestOptions["headers"]): RequestOptions["headers"] {
  return headers === undefined ? undefined : headersWithout(headers, staysWithOrigin);
}

function without(options: RequestOptions, names: readonly string[]): RequestOptions {
  if (options.headers === undefined) return options;
  return { ...options, headers: headersWithout(options.headers, (name) => names.includes(name.toLowerCase())) };
}

function headersWithout(
  headers: NonNullable<RequestOptions["headers"]>,
  isLeftOut: (name: string, value: unknown) => boolean,
): NonNullable<RequestOptions["headers"]> {
  if (Array.isArray(headers)) {
    return headers.filter((pair) => !(Array.isArray(pair) && isLeftOut(String(pair[0]), pair[1])));
  }
  return Object.fromEntries(Object.entries(headers).filter(([name, value]) => !isLeftOut(name, value)));
}

/**
 * Whether the cookies of the user may be sent with this request of a chain. Cookies are not separated by port (RFC 6265,
 * 8.5), but a redirect to another service on the same host must not send them there. A redirect from http to https may.
 */
export function mayHaveCookies({ origins }: Hop, origin: string): boolean {
  if (origin === origins[0]) return true;
  const { hostname, protocol, port } = new URL(origin);
  return origins.every((other) => {
    const known = new URL(other);
    if (other === origin || known.hostname !== hostname) return true;
    return protocol === "https:" && port === "" && known.port === "";
  });
}

/** Returns the user and password of a request of a chain. Those of the host are not sent once the chain has left its origin. */
export function authorizationIn(hop: Hop | null, ofTarget: string | null): string | null {
  if (hop === null) return ofTarget;
  if (!hop.isElsewhere) return hop.authorization ?? ofTarget;
  const url = URL.parse(hop.url);
  return hop.authorization ?? (url === null ? null : basicAuthorization(url));
}
