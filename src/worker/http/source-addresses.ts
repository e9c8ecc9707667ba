import { isIP } from "node:net";

/** The local address of the next connection, as `net.connect` takes it. */
export interface SourceAddress {
  readonly localAddress: string;
  readonly family: number;
}

/** The local addresses that connections use in turn. */
export class SourceAddresses {
  readonly #addresses: readonly SourceAddress[];
  #next = 0;

  /** With an empty list, the operating system chooses the address. */
  constructor(addresses: readonly string[]) {
    this.#addresses = addresses.map((localAddress) => ({ localAddress, family: isIP(localAddress) }));
  }

  /**
   * Returns the local address for the next connection to `host`; null if the operating system chooses it, or if no local
   * address has the address family of `host`.
   */
  nextTo(host: string): SourceAddress | null {
    const family = isIP(host);
    for (let tried = 0; tried < this.#addresses.length; tried++) {
      const address = this.#addresses[this.#next] as SourceAddress;
      this.#next = (this.#next + 1) % this.#addresses.length;
      if (family === 0 || family === address.family) return address;
    }
    return null;
  }
}
