/** The position of the last item that starts at or before `atMs`; -1 if there is none. The items are sorted by start. */
export function lastStarted<Item>(items: readonly Item[], atMs: number, startMsOf: (item: Item) => number): number {
  let low = -1;
  let high = items.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (startMsOf(items[middle] as Item) <= atMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
