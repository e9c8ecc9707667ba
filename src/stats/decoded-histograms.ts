import { slotCount } from "./histogram/layout.ts";
import { decodedSlots } from "./histogram/payload.ts";
import type { EncodedHistogram } from "./interval-report.ts";

/** More than the slots of any histogram. */
const placeUnit = 65_536;

/** Where in the tables of `histogram/payload.ts` decoded histograms stand, as start * placeUnit + length. */
const places = new Map<EncodedHistogram, number>();
let end = 0;

/** Where the next payload can be read to; there is room for the largest. */
export function freeStart(): number {
  if (end + slotCount > decodedSlots.length) forgetDecoded();
  return end;
}

/** What was read last, to {@link freeStart}, stays there until there is too much or {@link forgetDecoded} is called. */
export function keepDecoded(encoded: EncodedHistogram, length: number): void {
  places.set(encoded, end * placeUnit + length);
  end += length;
}

/** Where `encoded` stands; null when it was not kept. */
export function placeOf(encoded: EncodedHistogram): { readonly start: number; readonly length: number } | null {
  const place = places.get(encoded);
  return place === undefined ? null : { start: Math.floor(place / placeUnit), length: place % placeUnit };
}

/** Another report comes. */
export function forgetDecoded(): void {
  places.clear();
  end = 0;
}
