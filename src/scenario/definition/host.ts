import { ConfigurationError } from "../../core/errors.ts";
import { basicAuthorization, hideCredentialsOf } from "../../core/url-credentials.ts";

/** The base URL of a service, taken apart by the rules of the WHATWG URL standard. */
export interface Host {
  /** "https://api.example.com", without the default port. */
  readonly origin: string;
  /** What stands before each request's path: "/prod", or empty. It does not end in a slash. */
  readonly path: string;
  /** The user and the password of the URL as an `authorization` header; null when it has none. */
  readonly authorization: string | null;
}

/** @throws ConfigurationError when the text is not a URL that paths can be appended to. */
export function parseHost(text: string): Host {
  const url = URL.parse(text);
  if (url === null || !isHttp(url)) {
    throw new ConfigurationError(
      `host "${hideCredentialsOf(text)}" is not an http:// or https:// URL, e.g. "${exampleFor(text)}"`,
    );
  }
  if (url.search !== "") {
    throw new ConfigurationError(
      `host "${hideCredentialsOf(text)}" has a query, which a base URL cannot have: give it to the requests`,
    );
  }
  if (url.hash !== "") {
    throw new ConfigurationError(
      `host "${hideCredentialsOf(text)}" has a fragment (${url.hash}), which is never sent: leave it out`,
    );
  }
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, ""), authorization: basicAuthorization(url) };
}

/** The base URL as it is shown and stored: normalized, without user and password. */
export function shownHost({ origin, path }: Host): string {
  return origin + path;
}

/** The same of a text that may not be a base URL at all. */
export function shownHostText(text: string): string {
  const url = URL.parse(text);
  return url !== null && isHttp(url) && url.search === "" && url.hash === ""
    ? shownHost(parseHost(text))
    : hideCredentialsOf(text);
}

function isHttp({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

/** What the text probably means. */
function exampleFor(text: string): string {
  const isName = /^[\w.-]+(?::\d+)?(?:\/[\w./-]*)?$/.test(text) && URL.canParse(`http://${text}`);
  return isName ? `http://${text}` : "http://127.0.0.1:8000";
}
