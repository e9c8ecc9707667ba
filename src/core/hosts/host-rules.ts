import { type Address, type AddressRange, finalAddress, isIn, parseAddress, parseRange } from "./address.ts";

/** Ranges of this machine and of private networks (RFC 1918, RFC 4193, RFC 6598), as entries of `allowedHosts`. */
export const loopbackEntries = ["127.0.0.0/8", "::1", "0.0.0.0", "::", "localhost", "*.localhost"] as const;
export const privateEntries = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"] as const;

/** Link-local addresses, and the addresses at which clouds offer the credentials of a machine. */
const metadataRanges = [
  "169.254.0.0/16",
  "fe80::/10",
  "fd00:ec2::254",
  "fd20:ce::254",
  "100.100.100.200",
  "192.0.0.192",
  "168.63.129.16",
]
  .map(parseRange)
  .filter((range) => range !== null);

/** The pattern of names that only a private network resolves (RFC 2606, RFC 6762, RFC 8375, ICANN's "internal"). */
const privateName = /^[^.]+$|\.(?:local|localhost|internal|intranet|lan|home|corp|private|test|home\.arpa|svc)$/;

export function isMetadata(address: Address): boolean {
  const reached = finalAddress(address);
  return metadataRanges.some((range) => isIn(range, reached));
}

/** Whether a name can only be one of a private network: "api", "api.internal". */
export function isPrivateName(host: string): boolean {
  return privateName.test(host);
}

/** The form of a host that rules compare: lower case, without brackets and the dot at the end. */
export function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}

interface Entry {
  /** The port; null for all ports. */
  readonly port: number | null;
  readonly range: AddressRange | null;
  /** A name, "*.example.com" for all names below one, or "*" for all hosts; null for a range. */
  readonly name: string | null;
}

const entryForm = /^(?:\[([0-9a-f:.%]+)\]|([^:[\]/]+))(?::(\d{1,5}))?$/i;

/**
 * Reads an entry of `allowedHosts`: "api.example.com", "*.example.com", "api.example.com:8443", "10.0.0.5", "10.0.0.0/8",
 * "[::1]:8080" or "*".
 * @returns the entry, or a text that says what is wrong with it
 */
export function parseHostEntry(text: string): Entry | string {
  const wrong =
    'expected a host such as "api.example.com", "*.example.com", "10.0.0.0/8", "api.example.com:8443" or "*"';
  const whole = parseRange(text.trim());
  if (whole !== null) return { port: null, range: whole, name: null };
  const [, bracketed, plain = "", port] = entryForm.exec(text.trim()) ?? [];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return wrong;
  const given = { port: port === undefined ? null : Number(port) };
  const range = parseRange(bracketed ?? plain);
  if (range !== null) return { ...given, range, name: null };
  if (bracketed !== undefined || !/^(?:\*|(?:\*\.)?[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?\.?)$/u.test(plain))
    return wrong;
  return { ...given, range: null, name: plainHost(plain) };
}

/** The maximum number of remembered decisions: a hostile service can name any number of hosts. */
const mostRemembered = 1_000;

/**
 * Decides which hosts may be loaded. A host is allowed by its name before it is resolved, and by the address that a
 * connection goes to. An address of a metadata service is allowed only by an entry with that address: no name and no
 * range includes it.
 */
export class HostRules {
  readonly #entries: readonly Entry[];
  readonly #hasRanges: boolean;
  readonly #decided = new Map<string, string | null>();

  /** @param entries in the form of `parseHostEntry`; invalid entries are left out */
  constructor(entries: readonly string[]) {
    this.#entries = entries.map(parseHostEntry).filter((entry) => typeof entry !== "string");
    this.#hasRanges = this.#entries.some(({ range }) => range !== null);
  }

  /** Returns why no connection to the host of a URL may be opened, as a text; null if one may, as far as the name shows. */
  refusal(host: string, port: number): string | null {
    const key = `${host} ${port}`;
    let decided = this.#decided.get(key);
    if (decided === undefined) {
      const address = parseAddress(host);
      decided = address === null ? this.#nameRefusal(plainHost(host), port) : this.addressRefusal(host, port, host);
      if (this.#decided.size >= mostRemembered) this.#decided.clear();
      this.#decided.set(key, decided);
    }
    return decided;
  }

  /**
   * Returns why no connection may be opened to `address`, which is in the URL or belongs to its host; null if one may.
   * @param port null if the port was checked before
   */
  addressRefusal(host: string, port: number | null, address: string): string | null {
    const parsed = parseAddress(address);
    if (parsed === null) return null;
    const isName = parseAddress(host) === null;
    if (isMetadata(parsed)) {
      return this.#isExact(parsed)
        ? null
        : `${shown(host, address)} is the address of a cloud metadata service, which must be allowed explicitly: --allow-host ${plainHost(address)}, or allowedHosts of the test`;
    }
    if (isName && this.#allowsName(plainHost(host), port)) return null;
    const reached = finalAddress(parsed);
    const isAllowed = this.#entries.some(
      (entry) => isPort(entry, port) && (entry.name === "*" || (entry.range !== null && isIn(entry.range, reached))),
    );
    return isAllowed ? null : notAllowed(shown(host, address), host);
  }

  /** A name that is not allowed itself may have an address that is, if only a private network resolves it. */
  #nameRefusal(host: string, port: number): string | null {
    if (this.#allowsName(host, port) || (this.#hasRanges && isPrivateName(host))) return null;
    return notAllowed(host, host);
  }

  #allowsName(host: string, port: number | null): boolean {
    return this.#entries.some((entry) => isPort(entry, port) && entry.name !== null && isNamed(entry.name, host));
  }

  #isExact(address: Address): boolean {
    return this.#entries.some(
      ({ range }) => range !== null && range.bits === 128 && range.first.join() === address.join(),
    );
  }
}

function isPort({ port }: Entry, wanted: number | null): boolean {
  return port === null || wanted === null || port === wanted;
}

function isNamed(name: string, host: string): boolean {
  if (name === "*") return true;
  return name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name;
}

function shown(host: string, address: string): string {
  return plainHost(host) === plainHost(address) ? plainHost(host) : `${plainHost(host)} (${address})`;
}

function notAllowed(what: string, host: string): string {
  return `the host ${what} is not allowed: name it in allowedHosts of the test, or by --allow-host ${plainHost(host)}`;
}
