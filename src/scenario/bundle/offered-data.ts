import type { DataPart } from "./data-part.ts";

interface Offer {
  readonly bytes: Uint8Array;
  /** The number of modules that have not taken the part yet. */
  uses: number;
}

/** Data parts that the code of bundles has not taken yet. */
const offers = new Map<string, Offer>();

/** Keeps the data parts of a bundle until its code takes them: while it is loaded, or by a later `import()`. */
export function offerData(source: string, parts: readonly DataPart[]): void {
  for (const { hash, bytes } of parts) {
    // Each module of a part names it once.
    const uses = source.split(hash).length - 1 + (offers.get(hash)?.uses ?? 0);
    offers.set(hash, { bytes, uses });
  }
}

/** Returns the bytes of a part, and releases them after the last module has taken them. */
export function takeData(hash: string): Uint8Array {
  const offer = offers.get(hash);
  if (offer === undefined) throw new Error(`no data ${hash}`);
  offer.uses--;
  if (offer.uses <= 0) offers.delete(hash);
  return offer.bytes;
}
