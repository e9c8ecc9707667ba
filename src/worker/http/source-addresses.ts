import { isIP } from "node:net";

/** Where the next connection comes from, as `net.connect` takes it. */
export interface SourceAddress {
  readonly localAddress: string;
  readonly family: number;
}

/** The addresses of this machine that connections come from, one after the other. */
export class SourceAddresses {
  readonly #addresses: readonly SourceAddress[];
  #next = 0;

  /** None: the system chooses. */
  constructor(addresses: readonly string[]) {
    this.#addresses = addresses.map((localAddress) => ({ localAddress, family: isIP(localAddress) }));
  }

  /** Null when the system is to choose: also for an address of a family that none of ours belongs to. */
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
