/** Returns the rank of each value among all, from 1; equal values share the mean of their ranks. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (value, position) => ({ value, position })).sort((a, b) => a.value - b.value);
  const ranks = new Float64Array(values.length);
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && order[end]?.value === order[first]?.value) end++;
    for (const { position } of order.slice(first, end)) ranks[position] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}

/** Returns the sizes of the groups of equal values; single values are left out. */
export function tieSizes(values: ArrayLike<number>): number[] {
  const sizes = new Map<number, number>();
  for (const value of Array.from(values)) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()].filter((size) => size > 1);
}
