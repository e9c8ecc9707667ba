/** The proxy of the environment, as curl, k6 and Locust read it: in upper or lower case. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  /** Hosts without a proxy: names with all below them (".example.com", "example.com:8080"), addresses, "*". */
  readonly noProxy: string;
}

export function proxySettingsIn(environment: Readonly<Record<string, string | undefined>>): ProxySettings {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name] || "";
  return { httpProxy: read("HTTP_PROXY"), httpsProxy: read("HTTPS_PROXY"), noProxy: read("NO_PROXY") };
}

/** The proxy for an origin; null for none. This machine itself never has one, as in k6. */
export function proxyFor(origin: string, settings: ProxySettings): URL | null {
  const { protocol, hostname, port } = new URL(origin);
  const text = protocol === "https:" ? settings.httpsProxy : settings.httpProxy;
  if (text === "" || isLoopback(hostname) || isExempt(hostname, port, settings.noProxy)) return null;
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  return url !== null && (url.protocol === "http:" || url.protocol === "https:") ? url : null;
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}

function isExempt(hostname: string, port: string, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", entryPort = ""] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
      if (entryPort !== "" && entryPort !== port) return false;
      const bare = name.replace(/^\*?\./, "");
      return bare !== "" && (hostname === bare || hostname.endsWith(`.${bare}`));
    });
}
