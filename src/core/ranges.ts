/** Consecutive whole numbers: first <= number < end. */
export type NumberRange = [first: number, end: number];

/**
 * Joins consecutive numbers into the longest possible ranges.
 *
 * @param sorted strictly ascending whole numbers, 0 or more
 * @throws RangeError if they are not
 */
export function toRanges(sorted: Iterable<number>): NumberRange[] {
  const ranges: NumberRange[] = [];
  let last: NumberRange | undefined;
  for (const value of sorted) {
    if (!Number.isSafeInteger(value) || value < (last?.[1] ?? 0)) {
      throw new RangeError(`not strictly ascending whole numbers: ${value} after ${last ? last[1] - 1 : "the start"}`);
    }
    if (last?.[1] === value) {
      last[1]++;
    } else {
      last = [value, value + 1];
      ranges.push(last);
    }
  }
  return ranges;
}

/** Lists the numbers in the ranges, in the order of the ranges: the inverse of {@link toRanges}. */
export function fromRanges(ranges: Iterable<Readonly<NumberRange>>): number[] {
  const numbers: number[] = [];
  for (const [first, end] of ranges) for (let value = first; value < end; value++) numbers.push(value);
  return numbers;
}

/**
 * Packs ascending ranges into a short text for the wire: for each range, in base 36, the gap since the end of the one
 * before, then ":" and the length unless that is 1. The numbers 0, 1, 2, 5, 46 become `"0:3,2,14"`.
 *
 * The virtual users of one of W workers are mostly single numbers about W apart: two or three characters each, where a JSON
 * list of pairs needs a dozen.
 */
export function packRanges(ranges: Iterable<Readonly<NumberRange>>): string {
  const packed: string[] = [];
  let previousEnd = 0;
  for (const [first, end] of ranges) {
    const gap = (first - previousEnd).toString(36);
    packed.push(end - first === 1 ? gap : `${gap}:${(end - first).toString(36)}`);
    previousEnd = end;
  }
  return packed.join(",");
}

/**
 * Unpacks a text by {@link packRanges}.
 *
 * @throws RangeError if the text has another form
 */
export function unpackRanges(text: string): NumberRange[] {
  if (text === "") return [];
  let previousEnd = 0;
  return text.split(",").map((packed): NumberRange => {
    const [, gap, length = "1"] = /^([0-9a-z]{1,11})(?::([0-9a-z]{1,11}))?$/.exec(packed) ?? [];
    const first = previousEnd + Number.parseInt(gap ?? "", 36);
    previousEnd = first + Number.parseInt(length, 36);
    if (!Number.isSafeInteger(previousEnd) || previousEnd <= first)
      throw new RangeError(`not a packed range: ${packed}`);
    return [first, previousEnd];
  });
}
