import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** A host as in a URL: lower case, names in ASCII, IPv6 addresses in brackets. */
interface Host {
  readonly name: string;
  /** The address family; 0 for a host name. */
  readonly family: 0 | 4 | 6;
  readonly port: string;
}

interface Entry {
  /** The port; empty if the entry covers every port. */
  readonly port: string;
  readonly matches: (host: Host) => boolean;
}

/** The origins that are reached without a proxy. */
export class NoProxy {
  readonly #entries: readonly Entry[];

  /** @param list the value of NO_PROXY: entries separated by commas or blanks */
  constructor(list: string) {
    this.#entries = list
      .toLowerCase()
      .split(/[\s,]+/)
      .flatMap((entry) => parseEntry(entry) ?? []);
  }

  /** Whether `origin` is reached without a proxy. Loopback addresses never use a proxy, as in Go. */
  covers(origin: URL): boolean {
    const host = hostOf(origin);
    if (isLoopback(host)) return true;
    return this.#entries.some(({ port, matches }) => (port === "" || port === host.port) && matches(host));
  }
}

function hostOf({ hostname, port, protocol }: URL): Host {
  const name = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return { name, family: isIP(name) as Host["family"], port: port || (protocol === "https:" ? "443" : "80") };
}

function isLoopback(host: Host): boolean {
  return host.name === "localhost" || host.name.endsWith(".localhost") || isIn(loopback, host);
}

/** Returns null for an entry that cannot be parsed. Such entries are ignored, as in Go and curl. */
function parseEntry(text: string): Entry | null {
  if (text === "") return null;
  if (text === "*") return { port: "", matches: () => true };
  const subnet = /^\[?([^\]/]+)\]?\/(\d+)$/.exec(text);
  if (subnet !== null) return addresses("", subnet[1] ?? "", Number(subnet[2]));
  // An IPv6 address without brackets cannot have a port.
  if (isIP(text) !== 0) return addresses("", text, null);
  const [, bracketed, plain, port = ""] = /^(?:\[(.+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? "";
  if (isIP(host) !== 0) return addresses(port, host, null);
  return bracketed === undefined ? names(port, host) : null;
}

/** Covers one address, or all addresses of a network. */
function addresses(port: string, address: string, prefix: number | null): Entry | null {
  const family = isIP(address);
  if (family === 0 || (prefix ?? 0) > (family === 4 ? 32 : 128)) return null;
  const list = new BlockList();
  list.addSubnet(address, prefix ?? (family === 4 ? 32 : 128), family === 4 ? "ipv4" : "ipv6");
  return { port, matches: (host) => isIn(list, host) };
}

/**
 * Covers a name and all names below it. "example.com", ".example.com" and "*.example.com" mean the same, as in curl and
 * Python.
 */
function names(port: string, text: string): Entry | null {
  const name = domainToASCII(text.replace(/^\*?\./, "").replace(/\.$/, ""));
  if (name === "") return null;
  return { port, matches: (host) => host.family === 0 && (host.name === name || host.name.endsWith(`.${name}`)) };
}

function isIn(list: BlockList, { name, family }: Host): boolean {
  return family !== 0 && list.check(name, family === 4 ? "ipv4" : "ipv6");
}
