import { slotCount } from "./histogram/layout.ts";
import { decodedSlots } from "./histogram/payload.ts";
import type { EncodedHistogram } from "./interval-report.ts";

/** A factor larger than the number of slots of any histogram. */
const placeUnit = 65_536;

/** The places of decoded histograms in the tables of `histogram/payload.ts`, as start * placeUnit + length. */
const places = new Map<EncodedHistogram, number>();
let end = 0;

/** Returns the start for the next payload, with room for the largest one. */
export function freeStart(): number {
  if (end + slotCount > decodedSlots.length) forgetDecoded();
  return end;
}

/**
 * Keeps the payload that was last read at {@link freeStart}, until the tables are full or {@link forgetDecoded} is called.
 */
export function keepDecoded(encoded: EncodedHistogram, length: number): void {
  places.set(encoded, end * placeUnit + length);
  end += length;
}

/** Returns the place of `encoded`; null if it was not kept. */
export function placeOf(encoded: EncodedHistogram): { readonly start: number; readonly length: number } | null {
  const place = places.get(encoded);
  return place === undefined ? null : { start: Math.floor(place / placeUnit), length: place % placeUnit };
}

/** Forgets all payloads, before the next report. */
export function forgetDecoded(): void {
  places.clear();
  end = 0;
}
