import { type LookupAddress, type LookupAllOptions, lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { parseDuration } from "../../../core/duration.ts";
import type { HostRules } from "../../../core/hosts/host-rules.ts";
import type { ResolveOptions } from "../../../scenario/connections/connection.ts";

type Found = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void;
/** Resolves a name to all its addresses, as `dns.lookup`. */
export type Resolve = (name: string, options: LookupAllOptions, found: Found) => void;

/** The answer for one name. */
interface Answer {
  readonly addresses: readonly LookupAddress[];
  readonly untilMs: number;
}

const mostNames = 1_000;
/** A name is resolved for any port; the port of its URL was checked before. */
const anyPort = null;
/** After a connection has shown that a family works, the other one is tried only when an attempt fails, not when it is slow. */
const provenAttemptMs = 120_000;

/**
 * Resolves names of hosts for new connections, by the `resolve` policy of a test. The socket tries the addresses in the order
 * given here: if the first one fails, or does not answer within half a second, it tries the next. If a connection needed the
 * other address family, later connections to this name begin with that family, so that they do not each fail once first (RFC
 * 8305, section 4: remembered outcomes).
 */
export class Names {
  /** The policy of a test that sets none. */
  static readonly usual = new Names({});
  readonly #ttlMs: number;
  readonly #select: NonNullable<ResolveOptions["select"]>;
  readonly #family: NonNullable<ResolveOptions["family"]>;
  readonly #resolve: Resolve;
  readonly #nowMs: () => number;
  readonly #options: ResolveOptions;
  /** The hosts that may be loaded; null for all. */
  readonly #hosts: HostRules | null;
  readonly #answers = new Map<string, Answer>();
  /** Callers that wait for the same answer; only with a TTL. */
  readonly #waiting = new Map<string, Found[]>();
  /** The address family that connections to a name have used, by name. */
  readonly #proven = new Map<string, number>();
  /** The turn of the next lookup. It starts at a random value, so that workers do not all begin with the same address. */
  #turn = Math.floor(Math.random() * 1_000_000);

  constructor(
    options: ResolveOptions,
    resolve: Resolve = lookup,
    nowMs = () => performance.now(),
    hosts: HostRules | null = null,
  ) {
    const { ttl = "0s", select = "first", family = "any" } = options;
    this.#options = options;
    this.#hosts = hosts;
    this.#ttlMs = ttl === "inf" ? Number.POSITIVE_INFINITY : parseDuration(ttl);
    this.#select = select;
    this.#family = family;
    this.#resolve = resolve;
    this.#nowMs = nowMs;
  }

  /** Returns names with another policy, or the same one if it is undefined, that use only addresses of `hosts`. */
  with(options: ResolveOptions = this.#options, hosts: HostRules | null): Names {
    return new Names(options, this.#resolve, this.#nowMs, hosts);
  }

  /** Returns the options of `net.connect` for a connection to `name`. */
  optionsFor(name: string): { lookup: LookupFunction; autoSelectFamilyAttemptTimeout?: number } {
    const { lookup } = this;
    return this.#proven.has(name) ? { lookup, autoSelectFamilyAttemptTimeout: provenAttemptMs } : { lookup };
  }

  /** Called when a connection to `name` is open. `attempted`: the addresses that it tried, such as "::1:80". */
  connected(name: string, attempted: readonly string[] | undefined): void {
    const last = attempted?.at(-1);
    if (last === undefined) return;
    if (this.#proven.size >= mostNames) this.#proven.clear();
    this.#proven.set(name, last.split(":").length > 2 ? 6 : 4);
  }

  /** Works like `dns.lookup`, for `net.connect`. */
  readonly lookup: LookupFunction = (name, options, callback) => {
    const asked = options.family === "IPv4" ? 4 : options.family === "IPv6" ? 6 : (options.family ?? 0);
    // Node.js asks only for the families that this machine has, and ::1 alone does not count as one. The order is that of the
    // process.
    const hints = this.#family.endsWith("ipv6") ? 0 : (options.hints ?? 0);
    this.#find(name, { all: true, hints }, (error, found) => {
      const [allowed, refusal] = error === null ? this.#allowed(name, found) : [[], null];
      const addresses = this.#ordered(name, allowed, asked);
      if (refusal !== null) error = refusal;
      else if (error === null && addresses.length === 0) error = this.#noAddress(name, asked);
      const [first] = addresses;
      if (error !== null) callback(error, "");
      else if (options.all) callback(null, addresses);
      else if (first !== undefined) callback(null, first.address, first.family);
    });
  };

  #find(name: string, options: LookupAllOptions, found: Found): void {
    if (this.#ttlMs <= 0) {
      this.#resolve(name, options, found);
      return;
    }
    const known = this.#answers.get(name);
    if (known !== undefined && this.#nowMs() < known.untilMs) {
      // Not at once: a caller of `dns.lookup` expects its callback later.
      process.nextTick(found, null, known.addresses);
      return;
    }
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) {
      waiting.push(found);
      return;
    }
    this.#waiting.set(name, [found]);
    this.#resolve(name, options, (error, addresses) => {
      if (error === null) this.#remember(name, addresses);
      const all = this.#waiting.get(name) ?? [];
      this.#waiting.delete(name);
      for (const one of all) one(error, addresses);
    });
  }

  #remember(name: string, addresses: readonly LookupAddress[]): void {
    if (this.#answers.size >= mostNames) this.#answers.clear();
    this.#answers.set(name, { addresses, untilMs: this.#nowMs() + this.#ttlMs });
  }

  /** Returns the addresses in the order in which a connection tries them. `asked`: 4 or 6 if it can use one family only. */
  #ordered(name: string, found: readonly LookupAddress[], asked: number): LookupAddress[] {
    const only = asked || (this.#family === "ipv4" ? 4 : this.#family === "ipv6" ? 6 : 0);
    const usable = only === 0 ? [...found] : found.filter(({ family }) => family === only);
    const preferred = this.#family === "prefer-ipv4" ? 4 : this.#family === "prefer-ipv6" ? 6 : 0;
    const first = this.#proven.get(name) ?? (preferred || usable[0]?.family);
    const [head, tail] = [
      usable.filter(({ family }) => family === first),
      usable.filter(({ family }) => family !== first),
    ];
    return [...this.#rotated(head), ...tail];
  }

  /** Returns the addresses, beginning with the one whose turn it is. */
  #rotated(addresses: readonly LookupAddress[]): readonly LookupAddress[] {
    if (this.#select === "first" || addresses.length < 2) return addresses;
    const turn = this.#select === "random" ? Math.floor(Math.random() * addresses.length) : this.#turn++;
    const start = turn % addresses.length;
    return [...addresses.slice(start), ...addresses.slice(0, start)];
  }

  /**
   * Returns the addresses that may be connected to, and an error if there are none. Checked after each lookup, because a name
   * can get any address at any time.
   */
  #allowed(name: string, found: readonly LookupAddress[]): [readonly LookupAddress[], NodeJS.ErrnoException | null] {
    const hosts = this.#hosts;
    if (hosts === null) return [found, null];
    const allowed = found.filter(({ address }) => hosts.addressRefusal(name, anyPort, address) === null);
    const [refused] = found;
    if (refused === undefined || allowed.length > 0) return [allowed, null];
    const why = hosts.addressRefusal(name, anyPort, refused.address) ?? "";
    return [allowed, Object.assign(new Error(why), { code: "MUSTER_HOST_NOT_ALLOWED" })];
  }

  #noAddress(name: string, asked: number): NodeJS.ErrnoException {
    const family = asked === 6 || (asked === 0 && this.#family === "ipv6") ? "IPv6" : "IPv4";
    return Object.assign(new Error(`${name} has no ${family} address`), { code: "ENOTFOUND" });
  }
}
