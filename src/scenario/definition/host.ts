import { ConfigurationError } from "../../core/errors.ts";
import { keepCredentialsOf } from "../../core/redaction/known-secrets.ts";
import { basicAuthorization, hideCredentialsOf } from "../../core/url-credentials.ts";

/** The base URL of a service, parsed by the rules of the WHATWG URL standard. */
export interface Host {
  /** Scheme, name and port: "https://api.example.com". A default port is left out. */
  readonly origin: string;
  /** The prefix of every request's path: "/prod", or empty. It does not end in a slash. */
  readonly path: string;
  /** User and password of the URL as the value of an `authorization` header (RFC 7617); null without them. */
  readonly authorization: string | null;
}

/**
 * Parses a base URL.
 * @throws ConfigurationError if the text is not an http:// or https:// URL, or has a query or a fragment
 */
export function parseHost(text: string): Host {
  const url = URL.parse(text);
  // Each process that uses the host hides its password in its output.
  keepCredentialsOf(text);
  if (url === null || !isHttp(url)) {
    throw new ConfigurationError(
      `host "${hideCredentialsOf(text)}" is not an http:// or https:// URL, e.g. "${exampleFor(text)}"`,
    );
  }
  if (url.search !== "") {
    throw new ConfigurationError(
      `host "${hideCredentialsOf(text)}" has a query, which a base URL cannot have: pass it with each request`,
    );
  }
  if (url.hash !== "") {
    throw new ConfigurationError(
      `host "${hideCredentialsOf(text)}" has a fragment (${url.hash}), which is never sent: leave it out`,
    );
  }
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, ""), authorization: basicAuthorization(url) };
}

/** Formats a base URL for people and for the store: normalized, without user and password. */
export function shownHost({ origin, path }: Host): string {
  return origin + path;
}

/** Formats a text that may not be a base URL, without user and password. */
export function shownHostText(text: string): string {
  const url = URL.parse(text);
  return url !== null && isHttp(url) && url.search === "" && url.hash === ""
    ? shownHost(parseHost(text))
    : hideCredentialsOf(text);
}

function isHttp({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

/** Returns a URL that the author of the text probably meant. */
function exampleFor(text: string): string {
  const isName = /^[\w.-]+(?::\d+)?(?:\/[\w./-]*)?$/.test(text) && URL.canParse(`http://${text}`);
  return isName ? `http://${text}` : "http://127.0.0.1:8000";
}
