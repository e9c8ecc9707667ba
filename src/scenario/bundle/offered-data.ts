import type { DataPart } from "./data-part.ts";

interface Offer {
  readonly bytes: Uint8Array;
  /** So many modules are yet to ask for it. */
  uses: number;
}

/** Parts that the code of bundles has not asked for yet. */
const offers = new Map<string, Offer>();

/** Keeps the parts of a bundle until its code asks for them: while it is loaded, or by an `import()` at any later time. */
export function offerData(source: string, parts: readonly DataPart[]): void {
  for (const { hash, bytes } of parts) {
    // Each module that is made of a part names it once.
    const uses = source.split(hash).length - 1 + (offers.get(hash)?.uses ?? 0);
    offers.set(hash, { bytes, uses });
  }
}

/** The bytes of a part; once all have asked who are to, they are forgotten. */
export function takeData(hash: string): Uint8Array {
  const offer = offers.get(hash);
  if (offer === undefined) throw new Error(`no data ${hash}`);
  offer.uses--;
  if (offer.uses <= 0) offers.delete(hash);
  return offer.bytes;
}
