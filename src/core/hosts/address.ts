/** An IPv4 or IPv6 address as 8 groups of 16 bits; an IPv4 address is mapped (RFC 4291, 2.5.5.2). */
export type Address = readonly number[];

const mappedPrefix = [0, 0, 0, 0, 0, 0xffff];
/**
 * The prefixes of addresses that contain the IPv4 address to which a translator or tunnel connects: NAT64 (RFC 6052),
 * IPv4-compatible.
 */
const translated: readonly (readonly number[])[] = [
  [0x64, 0xff9b, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0xffff, 0],
];

/**
 * Parses an address; returns null if the text is not one. Accepts what the system's resolver and the URL parser return,
 * and a zone (`%eth0`).
 */
export function parseAddress(text: string): Address | null {
  const bare = text.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
  if (!bare.includes(":")) {
    const groups = parseIpv4(bare);
    return groups === null ? null : [...mappedPrefix, ...groups];
  }
  return parseIpv6(bare);
}

function parseIpv4(text: string): number[] | null {
  const bytes = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) ? text.split(".").map(Number) : [];
  const [a = 256, b = 256, c = 256, d = 256] = bytes;
  return Math.max(a, b, c, d) > 255 ? null : [a * 256 + b, c * 256 + d];
}

function parseIpv6(text: string): Address | null {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const last = dotted === null ? [] : parseIpv4(dotted[2] ?? "");
  if (last === null) return null;
  const body = dotted === null ? text : (dotted[1] ?? "").replace(/([^:]):$/, "$1");
  const [head = "", tail, ...others] = body.split("::");
  if (others.length > 0) return null;
  const before = groupsOf(head);
  const after = groupsOf(tail ?? "");
  if (before === null || after === null) return null;
  const missing = 8 - before.length - after.length - last.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  return [...before, ...new Array<number>(missing).fill(0), ...after, ...last];
}

function groupsOf(text: string): number[] | null {
  if (text === "") return [];
  const groups = text.split(":");
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : null;
}

/** A range of addresses. */
export interface AddressRange {
  readonly first: Address;
  /** The number of leading bits that are equal, of 128. */
  readonly bits: number;
}

/** Reads an address or a range such as "10.0.0.0/8". Returns null for any other text. */
export function parseRange(text: string): AddressRange | null {
  const [, address = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const first = parseAddress(address);
  if (first === null) return null;
  const offset = address.includes(":") ? 0 : 96;
  const bits = length === undefined ? 128 : Number(length) + offset;
  return bits > 128 ? null : { first, bits };
}

export function isIn({ first, bits }: AddressRange, address: Address): boolean {
  return first.every((group, position) => {
    const left = Math.min(16, Math.max(0, bits - position * 16));
    const shift = 16 - left;
    return group >> shift === (address[position] ?? 0) >> shift;
  });
}

/** Returns the address that is finally reached: the IPv4 address inside a translator's address, otherwise the address itself. */
export function finalAddress(address: Address): Address {
  const isTranslated = translated.some((prefix) => prefix.every((group, position) => group === address[position]));
  const low = address.slice(6);
  // "::" and "::1" are addresses of their own.
  if (isTranslated && (address.slice(0, 6).some((group) => group !== 0) || (low[0] ?? 0) !== 0)) {
    return [...mappedPrefix, ...low];
  }
  // 6to4 (RFC 3056): 2002:AABB:CCDD::
  if (address[0] === 0x2002) return [...mappedPrefix, address[1] ?? 0, address[2] ?? 0];
  return address;
}
