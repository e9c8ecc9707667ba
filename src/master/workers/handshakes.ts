import type { Socket } from "node:net";
import { parseAddress } from "../../core/hosts/address.ts";

/** Connections that are not admitted yet: each may hold 64 KiB of what it has sent, and the state of TLS. */
const mostPending = 256;
const mostPendingOfAddress = 64;
/** Refusals of an address within a window; its further connections are dropped until the window is over. */
const mostRefusals = 20;
const windowMs = 10_000;
/** Addresses that are remembered. */
const mostAddresses = 10_000;

/** Why a connection was dropped before it was admitted. */
export type DropReason = "timeout" | "crowded" | "banned";

export interface HandshakesOptions {
  /** The longest time from the TCP connection to the admission. */
  readonly timeoutMs: number;
  readonly onDropped: (reason: DropReason, address: string) => void;
  /** Whether an address belongs to this machine. */
  readonly isLocal?: (address: string) => boolean;
}

interface Pending {
  readonly key: string;
  readonly socket: Socket;
  readonly address: string;
  readonly timer: NodeJS.Timeout;
}

/**
 * The connections to the port of workers that are not admitted yet. Their number is bounded, in total and for each
 * address, and so is their time: TCP, TLS, HTTP and the proof of the token together. When there are too many, the
 * oldest is dropped: a worker needs only some milliseconds, so a connection that stays longer only occupies its place.
 * Connections from this machine, and from addresses of earlier workers, are dropped only when there are no others.
 */
export class Handshakes {
  readonly #options: HandshakesOptions;
  /** The connections by address and port of the other side, oldest first. */
  readonly #pending = new Map<string, Pending>();
  readonly #trusted = new Set<string>();
  readonly #refusals = new Map<string, { count: number; sinceMs: number }>();

  constructor(options: HandshakesOptions) {
    this.#options = options;
  }

  /** The number of connections that are not admitted yet. */
  get size(): number {
    return this.#pending.size;
  }

  /** Takes a connection as soon as it is accepted. */
  add(socket: Socket): void {
    const address = networkOf(socket.remoteAddress ?? "");
    if (this.#isBanned(address)) {
      socket.destroy();
      this.#options.onDropped("banned", address);
      return;
    }
    const timer = setTimeout(() => this.#drop("timeout", pending), this.#options.timeoutMs);
    const pending: Pending = { key: keyOf(socket), socket, address, timer };
    this.#pending.set(pending.key, pending);
    socket.once("close", () => this.#forget(pending));
    this.#makeRoom(address);
  }

  /** Trusts the address of a connection from now on, because the other side knows the token. */
  trust(socket: Socket): void {
    const address = networkOf(socket.remoteAddress ?? "");
    this.#refusals.delete(address);
    this.#trusted.delete(address);
    this.#trusted.add(address);
    dropOldest(this.#trusted);
  }

  /** Admits a connection, so that it no longer counts here. `socket` may be the TLS socket of the connection. */
  admit(socket: Socket): void {
    const pending = this.#pending.get(keyOf(socket));
    if (pending !== undefined) this.#forget(pending);
  }

  /** Counts a refusal against the address. */
  refused(socket: Socket): void {
    const address = networkOf(socket.remoteAddress ?? "");
    const known = this.#refusals.get(address);
    const nowMs = performance.now();
    if (known !== undefined && nowMs - known.sinceMs < windowMs) known.count++;
    else {
      this.#refusals.delete(address);
      this.#refusals.set(address, { count: 1, sinceMs: nowMs });
      dropOldest(this.#refusals);
    }
  }

  /** Ends all connections that are not admitted yet. */
  close(): void {
    for (const { timer, socket } of this.#pending.values()) {
      clearTimeout(timer);
      socket.destroy();
    }
  }

  #isBanned(address: string): boolean {
    const known = this.#refusals.get(address);
    if (known === undefined || known.count < mostRefusals || this.#isTrusted(address)) return false;
    return performance.now() - known.sinceMs < windowMs;
  }

  #isTrusted(address: string): boolean {
    return this.#trusted.has(address) || (this.#options.isLocal ?? isLoopback)(address);
  }

  #makeRoom(address: string): void {
    const all = [...this.#pending.values()];
    const ofAddress = this.#isTrusted(address) ? [] : all.filter((pending) => pending.address === address);
    const [oldest = null] = ofAddress.length > mostPendingOfAddress ? ofAddress : [];
    if (oldest !== null) this.#drop("crowded", oldest);
    else if (all.length > mostPending) {
      const stranger = all.find((pending) => !this.#isTrusted(pending.address)) ?? all[0];
      if (stranger !== undefined) this.#drop("crowded", stranger);
    }
  }

  #drop(reason: DropReason, pending: Pending): void {
    this.#forget(pending);
    pending.socket.destroy();
    this.#options.onDropped(reason, pending.address);
  }

  #forget(pending: Pending): void {
    clearTimeout(pending.timer);
    if (this.#pending.get(pending.key) === pending) this.#pending.delete(pending.key);
  }
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** Returns a key that is the same for a TCP connection and for the TLS connection over it. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/**
 * Returns the address by which connections are counted. For IPv6 that is the /64 network, because one host has all of
 * its addresses.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, "").replace(/%.*$/, "");
  const groups = plain.includes(":") && plain !== "::1" ? parseAddress(plain) : null;
  if (groups === null) return plain;
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

function dropOldest(addresses: Set<string> | Map<string, unknown>): void {
  const [oldest] = addresses.keys();
  if (addresses.size > mostAddresses && oldest !== undefined) addresses.delete(oldest);
}
