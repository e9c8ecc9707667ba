import { basicAuthorization } from "../../../core/url-credentials.ts";
import type {
  Expectation,
  FollowedRedirect,
  HttpResponse,
  Method,
  RequestOptions,
} from "../../../scenario/definition/http.ts";
import { judge } from "./judgement.ts";
import type { ReceivedResponse } from "./response.ts";

/** One request of a chain of redirects. */
export interface Hop {
  readonly method: Method;
  readonly url: string;
  readonly options: RequestOptions;
  /** What a URL before this one had as user and password, when they are good here too. */
  readonly authorization: string | null;
  /** A redirect has led to another origin: default headers that are credentials do not go there. */
  readonly isElsewhere: boolean;
}

/**
 * Sends one request after the other, until an answer is not a redirect or `maxRedirects` were followed.
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
    followed.push({ url: response.url, status: response.status });
    hop = next;
  }
}

/** A redirect that is followed is not what the test expects something of: what it leads to is. */
function expecting(hop: Hop, followed: readonly FollowedRedirect[], isLast: boolean): Hop {
  const { expect } = hop.options;
  if (expect === undefined) return hop;
  const expectation: Expectation = (response) => {
    if (!isLast && destination(response) !== null) return true;
    (response as ReceivedResponse).redirects = followed;
    return judge(response, expect)?.message ?? true;
  };
  return { ...hop, options: { ...hop.options, expect: expectation } };
}

/**
 * What follows from the response to `hop`; null when it is not a redirect, or not one to a URL of HTTP. The method becomes
 * GET, without a body, where browsers do that: after 303, and when a POST is answered by 301 or 302 (the Fetch standard,
 * "HTTP-redirect fetch"). Credentials stay with their origin.
 */
function nextHop(hop: Hop, response: HttpResponse): Hop | null {
  const to = destination(response);
  if (to === null) return null;
  const { method, options } = hop;
  const { query: _, json, form, body, ...rest } = options;
  const isSameOrigin = to.origin === new URL(response.url).origin;
  const authorization = isSameOrigin && basicAuthorization(to) === null ? credentialsOf(hop) : null;
  const headers = isSameOrigin ? options.headers : withoutCredentials(options.headers);
  const kept = headers === undefined ? rest : { ...rest, headers };
  const isElsewhere = hop.isElsewhere || !isSameOrigin;
  const { status } = response;
  if (status === 303 ? method !== "HEAD" : method === "POST" && status <= 302) {
    const bodiless = without(kept, aboutBody);
    return { method: "GET", url: to.href, options: bodiless, authorization, isElsewhere };
  }
  const content = { ...(json === undefined ? {} : { json }), ...(form === undefined ? {} : { form }) };
  const sent = { ...kept, ...content, ...(body === undefined ? {} : { body }) };
  return { method, url: to.href, options: sent, authorization, isElsewhere };
}

/** Those of the host need not be passed on: they go with every request to its origin. */
function credentialsOf({ url, authorization }: Hop): string | null {
  if (authorization !== null) return authorization;
  const whole = URL.parse(url);
  return whole === null ? null : basicAuthorization(whole);
}

/** What describes a body, and goes with it (the Fetch standard, "request-body-header name"). */
const aboutBody = ["content-type", "content-length", "content-encoding", "content-language", "content-location"];
const credentialNames = ["authorization", "proxy-authorization", "cookie", "host"];
const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function destination({ status, headers, url }: HttpResponse): URL | null {
  const to = redirecting.has(status) && headers.location ? URL.parse(decoded(headers.location), url) : null;
  return to !== null && (to.protocol === "http:" || to.protocol === "https:") ? to : null;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** Servers send UTF-8 that is not percent-encoded, which browsers follow; a header is read as Latin-1. */
function decoded(location: string): string {
  if (!/[\x80-\xff]/.test(location) || /[^\0-\xff]/.test(location)) return location;
  try {
    return strictUtf8.decode(Buffer.from(location, "latin1"));
  } catch {
    return location;
  }
}

function withoutCredentials(headers: RequestOptions["headers"]): RequestOptions["headers"] {
  return headers === undefined ? undefined : namedOtherThan(headers, credentialNames);
}

function without(options: RequestOptions, names: readonly string[]): RequestOptions {
  return options.headers === undefined ? options : { ...options, headers: namedOtherThan(options.headers, names) };
}

function namedOtherThan(
  headers: NonNullable<RequestOptions["headers"]>,
  names: readonly string[],
): NonNullable<RequestOptions["headers"]> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())));
}
