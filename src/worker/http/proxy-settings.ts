import { ConfigurationError } from "../../core/errors.ts";
import { NoProxy } from "./no-proxy.ts";
import { type NamedProxy, parseProxy } from "./proxy-url.ts";
import { InvalidRequest } from "./request/invalid-request.ts";

/** The proxies set in the environment; empty strings for none. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  /**
   * Hosts to reach without a proxy: names, which include all names below them (".example.com", "example.com:8080"),
   * addresses, networks, or "*".
   */
  readonly noProxy: string;
  /** The names of the variables that set the two proxies, for messages. Default: HTTP_PROXY and HTTPS_PROXY. */
  readonly variables?: { readonly http: string; readonly https: string };
}

/** The settings of an environment without proxies. */
export const noProxies: ProxySettings = { httpProxy: "", httpsProxy: "", noProxy: "" };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables as curl does: lower case before upper case, and ALL_PROXY for a scheme without a variable of its
 * own.
 */
export function proxySettingsIn(environment: Environment): ProxySettings {
  const [http, httpProxy] = firstSet(environment, "HTTP_PROXY", "ALL_PROXY");
  const [https, httpsProxy] = firstSet(environment, "HTTPS_PROXY", "ALL_PROXY");
  const [, noProxy] = firstSet(environment, "NO_PROXY");
  return { httpProxy, httpsProxy, noProxy, variables: { http, https } };
}

/**
 * Returns the proxy for an origin; null for none.
 * @throws InvalidRequest when the proxy setting is invalid: requests must not bypass the proxy
 */
export function proxyFor(origin: string, settings: ProxySettings): URL | null {
  const found = namedProxyFor(origin, settings);
  if (found?.kind === "unusable") throw new InvalidRequest(found.problem);
  return found?.url ?? null;
}

/** @throws ConfigurationError when the proxy of `origin` in the environment is invalid. */
export function requireUsableProxy(origin: string, environment: Environment): void {
  const found = namedProxyFor(origin, proxySettingsIn(environment));
  if (found?.kind === "unusable") throw new ConfigurationError(found.problem);
}

function namedProxyFor(origin: string, settings: ProxySettings): NamedProxy | null {
  const url = new URL(origin);
  const { httpProxy, httpsProxy, variables = { http: "HTTP_PROXY", https: "HTTPS_PROXY" } } = settings;
  const isSecure = url.protocol === "https:";
  const value = isSecure ? httpsProxy : httpProxy;
  if (value.trim() === "" || noProxyOf(settings).covers(url)) return null;
  return parseProxy(isSecure ? variables.https : variables.http, value);
}

/** Returns the name and value of the first variable that is set and not empty. */
function firstSet(environment: Environment, ...names: readonly string[]): readonly [name: string, value: string] {
  for (const name of names.flatMap((upper) => [upper.toLowerCase(), upper])) {
    const value = environment[name]?.trim() ?? "";
    if (value !== "") return [name, value];
  }
  return [names[0] ?? "", ""];
}

const known = new WeakMap<ProxySettings, NoProxy>();

/** Returns the parsed list. It is parsed once per setting, because undici's engine needs it for each connection. */
function noProxyOf(settings: ProxySettings): NoProxy {
  let noProxy = known.get(settings);
  if (noProxy === undefined) {
    noProxy = new NoProxy(settings.noProxy);
    known.set(settings, noProxy);
  }
  return noProxy;
}
