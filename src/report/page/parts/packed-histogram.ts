import { CumulativeHistogram } from "../../../stats/histogram/cumulative-histogram.ts";
import type { PackedHistogram } from "../model.ts";

/** The digits: the characters that JSON writes as one byte, in the order of their codes. */
const alphabet = Array.from({ length: 87 }, (_, position) => String.fromCharCode(40 + position)).filter(
  (character) => character !== "\\",
);
const digitOf = new Uint8Array(128);
for (const [digit, character] of alphabet.entries()) digitOf[character.charCodeAt(0)] = digit;
/** The base of the numbers. The last digit of a number is below the base, and the digits before it are not. */
const base = alphabet.length / 2;

/** Packs a histogram without loss; see `PackedHistogram`. */
export function packed(histogram: CumulativeHistogram): PackedHistogram {
  if (histogram.count === 0) return "";
  let text = number(histogram.minMicros) + number(histogram.maxMicros) + number(histogram.sumMicros);
  let previous = -1;
  for (let slot = histogram.nextNonZeroSlot(0); slot !== -1; slot = histogram.nextNonZeroSlot(slot + 1)) {
    const count = histogram.countAtSlot(slot);
    const gap = 2 * (slot - previous - 1);
    text += count === 1 ? number(gap) : number(gap + 1) + number(count - 2);
    previous = slot;
  }
  return text;
}

/** Adds the samples of a packed histogram. */
export function addPacked(text: PackedHistogram, into: CumulativeHistogram): void {
  if (text === "") return;
  const numbers = new Float64Array(text.length);
  let [length, value, factor] = [0, 0, 1];
  for (let position = 0; position < text.length; position++) {
    const digit = digitOf[text.charCodeAt(position)] ?? 0;
    value += (digit % base) * factor;
    factor *= base;
    if (digit >= base) continue;
    numbers[length++] = value;
    value = 0;
    factor = 1;
  }
  const [minMicros = 0, maxMicros = 0, sumMicros = 0] = numbers;
  const slots = new Uint16Array(length);
  const counts = new Float64Array(length);
  let [entries, total, slot] = [0, 0, -1];
  for (let position = 3; position < length; position++) {
    const gap = numbers[position] ?? 0;
    slot += (gap >>> 1) + 1;
    const count = gap % 2 === 0 ? 1 : (numbers[++position] ?? 0) + 2;
    slots[entries] = slot;
    counts[entries++] = count;
    total += count;
  }
  into.addSlots(slots, counts, 0, entries, { count: total, minMicros, maxMicros, sumMicros });
}

/** Merges two packed histograms. */
export function mergedPacked(first: PackedHistogram, second: PackedHistogram): PackedHistogram {
  if (first === "") return second;
  if (second === "") return first;
  const sum = new CumulativeHistogram();
  addPacked(first, sum);
  addPacked(second, sum);
  return packed(sum);
}

function number(value: number): string {
  let [text, left] = ["", value];
  while (left >= base) {
    text += alphabet[base + (left % base)] ?? "";
    left = Math.floor(left / base);
  }
  return text + (alphabet[left] ?? "");
}
