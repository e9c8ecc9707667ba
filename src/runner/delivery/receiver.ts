import { ConfigurationError } from "../../core/errors.ts";
import { keepCredentialsOf, keepSecret } from "../../core/redaction/known-secrets.ts";
import { isSecretHeader, isSecretParameter } from "../../core/redaction/secret-names.ts";
import { basicAuthorization } from "../../core/url-credentials.ts";
import { version } from "../process/version.ts";

export const userAgent = `muster/${version}`;

/** A shorter value of a header is no key of a service, and a shorter part of a path may be a word of others, too. In characters. */
const shortestKey = 16;

interface Receiver {
  /** Without user and password. */
  readonly url: URL;
  /** For messages, e.g. "--otlp http://127.0.0.1:4318". It has no query, which may hold a key. */
  readonly name: string;
  /** The `authorization` header of user and password; empty without them. */
  readonly authorization: Readonly<Record<string, string>>;
}

/** The receiver at a valid URL. @param flag the flag that names it */
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

/** Declares as secret what a receiver is given: the password and the keys in its URL, and keys in headers. */
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

/** The values of headers that are secrets. */
export function secretValues(headers: Readonly<Record<string, string>>): string[] {
  return (
    Object.entries(headers)
      // Some services have their keys in headers whose names do not say so, such as `x-honeycomb-team`. A tenant is no secret.
      .filter(([name, value]) => isSecretHeader(name) || value.length >= shortestKey)
      .map(([, value]) => value)
  );
}

/** Declares a webhook's URL as secret, and the keys in its path: whoever knows them can post there. */
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
 * The pairs in a variable of OpenTelemetry: "name=value", separated by commas, with values in percent-encoding.
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

/** The pairs in a variable of OpenTelemetry that are headers. @throws ConfigurationError also when a decoded value cannot be one */
export function headersIn(environment: NodeJS.ProcessEnv, variable: string): Record<string, string> {
  const pairs = pairsIn(environment, variable);
  for (const [name, value] of Object.entries(pairs))
    if (parsePair(`${name}=${value}`) === null) throw noPairs(variable);
  return pairs;
}

function noPairs(variable: string): ConfigurationError {
  return new ConfigurationError(`${variable}: expected name=value, separated by commas, e.g. "x-api-key=abc"`);
}

/** The parts of "name=value", of the characters that a header may have (RFC 9110, 5.1 and 5.5); null if it is not valid. */
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
