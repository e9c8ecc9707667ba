import { isIP } from "node:net";

/** Where one connection goes: an address or a name with a port, or a unix socket. A part that is null is taken from the URL. */
export type Destination =
  | { readonly kind: "tcp"; readonly host: string | null; readonly port: number | null }
  | { readonly kind: "unix"; readonly path: string };

/** Which hosts and ports an entry of `connectTo` is for; null for all. */
interface Place {
  readonly host: string | null;
  readonly port: number | null;
}

const portForm = /^\d{1,5}$/;
const unixPrefix = "unix:";
/** The maximum length of a path in `sockaddr_un`, without the final zero. */
const longestUnixPath = 107;

/**
 * Reads the key of an entry of `connectTo`: "api.example.com:443", "api.example.com", "[::1]:443", ":443" or "*".
 * @returns the place, or a text with what is wrong
 */
export function parsePlace(key: string): Place | string {
  if (key === "*") return { host: null, port: null };
  const place = hostAndPort(key);
  if (place === null) return 'expected "host:port", "host", ":port" or "*"';
  return { host: place.host?.toLowerCase() ?? null, port: place.port };
}

/**
 * Reads a value of `connectTo`: "10.0.0.5:8443", "10.0.0.5", ":8443", "[::1]:8443" or "unix:/run/api.sock".
 * @returns the destination, or a text with what is wrong
 */
export function parseDestination(value: string): Destination | string {
  if (value.startsWith(unixPrefix)) {
    const path = value.slice(unixPrefix.length);
    if (!path.startsWith("/") || path.includes("\0")) {
      return 'a unix socket needs its whole path, such as "unix:/run/api.sock"';
    }
    const bytes = Buffer.byteLength(path);
    if (bytes <= longestUnixPath) return { kind: "unix", path };
    return `the path of a unix socket has at most ${longestUnixPath} bytes, this one has ${bytes}`;
  }
  const place = hostAndPort(value);
  if (place === null) return 'expected "address:port", "address", ":port" or "unix:/path"';
  return { kind: "tcp", ...place };
}

const curlForm = /^(\[[^\]]*\]|[^:=[\]]*):(\d*):(\[[^\]]*\]|[^:=[\]]*):(\d*)$/;

/**
 * Returns the key and the value for curl's `HOST1:PORT1:HOST2:PORT2`, in which each part may be empty; null for any other
 * text.
 */
export function curlConnectTo(text: string): readonly [key: string, value: string] | null {
  const [whole, host = "", port = "", toHost = "", toPort = ""] = curlForm.exec(text) ?? [];
  return whole === undefined ? null : [joined(host, port) || "*", joined(toHost, toPort)];
}

function joined(host: string, port: string): string {
  return port === "" ? host : `${host}:${port}`;
}

function hostAndPort(text: string): Place | null {
  if (isIP(text) !== 0) return { host: text, port: null };
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? "";
  if (bracketed !== undefined ? isIP(host) !== 6 : !isName(host)) return null;
  if (port !== undefined && !isPort(port)) return null;
  if (host === "" && port === undefined) return null;
  return { host: host === "" ? null : host, port: port === undefined ? null : Number(port) };
}

/** Whether a text is an IPv4 address, a name, or empty. */
function isName(text: string): boolean {
  return /^(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?)?$/i.test(text);
}

function isPort(text: string): boolean {
  return portForm.test(text) && Number(text) > 0 && Number(text) <= 65_535;
}
