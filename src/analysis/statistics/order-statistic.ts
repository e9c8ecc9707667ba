/**
 * Returns the `rank`-th smallest value (1 is the smallest) and reorders `values`. Takes time proportional to their number:
 * 512 points have 130,816 slopes, of which only three are needed.
 *
 * Source: C. A. R. Hoare, "Algorithm 65: Find", Communications of the ACM 4 (1961).
 *
 * @throws RangeError if there is no such rank
 */
export function orderStatistic(values: Float64Array, rank: number): number {
  const wanted = rank - 1;
  if (!(wanted >= 0 && wanted < values.length)) throw new RangeError(`no rank ${rank} among ${values.length} values`);
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const [lowerEnd, upperStart] = partition(values, left, right);
    if (wanted <= lowerEnd) right = lowerEnd;
    else if (wanted >= upperStart) left = upperStart;
    else break;
  }
  return values[wanted] as number;
}

/**
 * Reorders the values from `left` to `right` around a pivot, and returns two positions: no value up to the first position
 * exceeds the values between the two, and no value from the second position on is below them.
 */
function partition(values: Float64Array, left: number, right: number): [number, number] {
  const pivot = medianOfThree(values, left, right);
  let low = left;
  let high = right;
  while (low <= high) {
    while ((values[low] as number) < pivot) low++;
    while ((values[high] as number) > pivot) high--;
    if (low > high) break;
    const swapped = values[low] as number;
    values[low++] = values[high] as number;
    values[high--] = swapped;
  }
  return [high, low];
}

/**
 * Returns the pivot: the median of the first, middle and last value. Sorted and steadily falling data is common here;
 * with the value at an end as the pivot, it would take quadratic time.
 */
function medianOfThree(values: Float64Array, left: number, right: number): number {
  const a = values[left] as number;
  const b = values[(left + right) >>> 1] as number;
  const c = values[right] as number;
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
