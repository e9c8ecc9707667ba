import { describeValue } from "../../../core/describe-value.ts";
import { basicAuthorization, hideCredentials, hideCredentialsOf } from "../../../core/url-credentials.ts";
import { parseHost } from "../../../scenario/definition/host.ts";
import { InvalidRequest } from "./invalid-request.ts";

/** The destination of a request. */
export interface Target {
  readonly origin: string;
  /** The path with the query; begins with "/". */
  readonly path: string;
  /** The name under which the request is reported if the test sets none. */
  readonly name: string;
  /** The user and password of the request's URL, or else of the host, as an `authorization` header; null for none. */
  readonly authorization: string | null;
}

/**
 * Matches a path that the URL parser leaves unchanged: no character that it encodes, drops or replaces, and no segment
 * that begins with a dot. Most paths match and are simply appended; the parser takes several times as long.
 */
const plainPath = /^(?:\/(?!\.|%2[eE])[!$-.0-;=@-[\]_a-z|~]*)+(?:\?[!$-&(-;=?-~]+)?$/;

const scheme = /^[a-z][a-z0-9+.-]*:/i;
/** The start of a URL whose scheme is missing. */
const hostName = /^[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#]|$)/;
const longestShownUrl = 200;

/** @throws ConfigurationError when the text is not a base URL. */
export function parseBase(host: string): Target {
  const { origin, path, authorization } = parseHost(host);
  return { origin, path, name: path, authorization };
}

/**
 * Resolves a URL by one rule: a URL that begins with "/" is appended to the base, and any other must be complete; then
 * the WHATWG URL parser decides. The name is the path without base and query. Outside of the base, it is the whole URL
 * without the query.
 * @throws InvalidRequest
 */
export function resolveUrl(base: Target, url: string): Target {
  if (typeof url === "string" && plainPath.test(url)) {
    const mark = url.indexOf("?");
    const name = mark < 0 ? url : url.slice(0, mark);
    return { origin: base.origin, path: base.path + url, name, authorization: base.authorization };
  }
  const { origin, pathname, search, username, password } = parseUrl(base, url);
  const isSameOrigin = origin === base.origin;
  const ownAuthorization = basicAuthorization({ username, password });
  return {
    origin,
    path: pathname + search,
    name: isSameOrigin ? nameBelow(base, pathname) : origin + pathname,
    authorization: ownAuthorization ?? (isSameOrigin ? base.authorization : null),
  };
}

function nameBelow(base: Target, pathname: string): string {
  if (pathname === base.path) return "/";
  return pathname.startsWith(`${base.path}/`) ? pathname.slice(base.path.length) : base.origin + pathname;
}

function parseUrl(base: Target, given: unknown): URL {
  const url = given instanceof URL ? given.href : given;
  if (typeof url !== "string") {
    throw new InvalidRequest(
      `its URL is ${describeValue(url)}, not a string: give a path, such as "/jobs", or a whole URL`,
    );
  }
  // The URL parser drops these characters at both ends.
  const text = url.replace(/^[\0- ]+|[\0- ]+$/g, "");
  const parsed = URL.parse(text.startsWith("/") ? base.origin + base.path + text : text);
  if (parsed === null) throw new InvalidRequest(whyNoUrl(text));
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    const instead = /^[\w.-]+:\d/.test(text) ? `; write ${shown(`http://${text}`)} for that host` : "";
    throw new InvalidRequest(
      `${shown(text)} begins with ${parsed.protocol}, which is neither http: nor https:${instead}`,
    );
  }
  return parsed;
}

function whyNoUrl(text: string): string {
  if (text === "") return 'its URL is empty: write "/" for the host itself';
  if (scheme.test(text)) return `${shown(text)} is not a valid URL`;
  const path = text.replace(/^\\+/, "");
  const elsewhere = hostName.test(text) ? `, or ${shown(`http://${text}`)} for another host` : "";
  return `${shown(text)} is neither a path nor a whole URL: write ${shown(`/${path}`)} for a path of the host${elsewhere}`;
}

function shown(text: string): string {
  const safe = scheme.test(text) ? hideCredentialsOf(text) : hideCredentials(text);
  return JSON.stringify(safe.length > longestShownUrl ? `${safe.slice(0, longestShownUrl)}…` : safe);
}
