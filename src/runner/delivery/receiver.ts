import { ConfigurationError } from "../../core/errors.ts";
import { keepCredentialsOf, keepSecret } from "../../core/redaction/known-secrets.ts";
import { isSecretHeader, isSecretParameter } from "../../core/redaction/secret-names.ts";
import { basicAuthorization } from "../../core/url-credentials.ts";
import { version } from "../process/version.ts";

export const userAgent = `muster/${version}`;

/**
 * The length of the shortest key of a service, in characters. A shorter header value is not a key, and a shorter part of a path
 * may be a common word.
 */
const shortestKey = 16;

interface Receiver {
  /** The URL without user and password. */
  readonly url: URL;
  /** The name in messages, e.g. "--otlp http://127.0.0.1:4318". It has no query, which may contain a key. */
  readonly name: string;
  /** The `authorization` header of user and password; empty without them. */
  readonly authorization: Readonly<Record<string, string>>;
}

/** Returns the receiver at a valid URL. @param flag the flag that names the URL */
export function receiverOf(flag: string, text: string): Receiver {
  const url = new URL(text);
  const basic = basicAuthorization(url);
  url.username = "";
  url.password = "";
  return {
    url,
    name: `${flag} ${url.origin}${url.pathname === "/" ? "" : url.pathname}`,
    authorization: basic === null ? {} : { authorization: basic },
  };
}

/** Declares the secrets of a receiver: the password and the keys in its URL, and the keys in its headers. */
export function keepReceiverSecrets(text: string | undefined, headers: Readonly<Record<string, string>>): void {
  keepCredentialsOf(text);
  const url = text === undefined ? null : URL.parse(text);
  for (const [name, value] of url?.searchParams ?? []) if (isSecretParameter(name)) keepSecret(value);
  for (const value of secretValues(headers)) {
    keepSecret(value);
    // Of "Bearer abc", the token alone is a secret, too.
    keepSecret(value.split(" ").at(-1));
  }
}

/** Returns the values of headers that are secrets. */
export function secretValues(headers: Readonly<Record<string, string>>): string[] {
  return (
    Object.entries(headers)
      // The names of some headers with keys do not show it, such as `x-honeycomb-team`. The name of a tenant is not a secret.
      .filter(([name, value]) => isSecretHeader(name) || value.length >= shortestKey)
      .map(([, value]) => value)
  );
}

/** Declares a webhook's URL and the keys in its path as secrets: whoever knows them can post there. */
export function keepWebhookSecrets(text: string): void {
  keepSecret(text);
  const url = URL.parse(text);
  if (url === null) return;
  keepSecret(url.href);
  for (const key of [url.pathname + url.search, url.pathname, ...url.pathname.split("/")]) {
    if (key.length >= shortestKey) keepSecret(key);
  }
}

/**
 * Parses the pairs in an environment variable of OpenTelemetry: "name=value", separated by commas, with percent-encoded values.
 * Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables
 * @throws ConfigurationError
 */
export function pairsIn(environment: NodeJS.ProcessEnv, variable: string): Record<string, string> {
  const text = environment[variable]?.trim() ?? "";
  if (text === "") return {};
  const pairs: Record<string, string> = {};
  for (const given of text.split(",")) {
    const pair = parsePair(given);
    const value = decoded(pair?.[1] ?? "");
    if (pair === null || /[\0\r\n]/.test(value)) throw noPairs(variable);
    pairs[pair[0]] = value;
  }
  return pairs;
}

/**
 * Parses the headers in an environment variable of OpenTelemetry.
 * @throws ConfigurationError also when a decoded value is not valid in a header
 */
export function headersIn(environment: NodeJS.ProcessEnv, variable: string): Record<string, string> {
  const pairs = pairsIn(environment, variable);
  for (const [name, value] of Object.entries(pairs))
    if (parsePair(`${name}=${value}`) === null) throw noPairs(variable);
  return pairs;
}

function noPairs(variable: string): ConfigurationError {
  return new ConfigurationError(`${variable}: expected name=value, separated by commas, e.g. "x-api-key=abc"`);
}

/** Splits "name=value" with the characters that a header may have (RFC 9110, 5.1 and 5.5); null if it is not valid. */
export function parsePair(text: string): readonly [name: string, value: string] | null {
  const [, name, value] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*([\t\x20-\x7e\x80-\xff]*?)\s*$/.exec(text) ?? [];
  return name === undefined || value === undefined ? null : [name, value];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
