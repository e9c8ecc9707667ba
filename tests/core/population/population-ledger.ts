import assert from "node:assert/strict";

/** The largest differences between workers' totals and class counts, over some range of populations. */
export interface Spread {
  totals: number;
  classes: number;
}

/**
 * Measures how far the workers' counts are apart below `population`, at it and from it on, by visiting the virtual users 0
 * <= index < userCount in order. Written as simply as possible.
 */
export function spreads(run: {
  readonly ownerOf: (index: number) => number;
  readonly classOf: (index: number) => number;
  readonly classCount: number;
  readonly workers: readonly number[];
  readonly population: number;
  readonly userCount: number;
}): { before: Spread; now: Spread; fromNowOn: Spread } {
  const { workers, classCount, population, userCount } = run;
  const rows = Array.from({ length: classCount + 1 }, () => new Map(workers.map((worker) => [worker, 0])));
  const apart = (row: Map<number, number>) => Math.max(...row.values()) - Math.min(...row.values());
  const result = {
    before: { totals: 0, classes: 0 },
    now: { totals: 0, classes: 0 },
    fromNowOn: { totals: 0, classes: 0 },
  };
  for (let length = 0; length <= userCount; length++) {
    const totals = apart(rows[classCount] as Map<number, number>);
    const classes = Math.max(...rows.slice(0, classCount).map(apart));
    const ranges = length < population ? ["before" as const] : ["fromNowOn" as const];
    for (const range of length === population ? [...ranges, "now" as const] : ranges) {
      result[range].totals = Math.max(result[range].totals, totals);
      result[range].classes = Math.max(result[range].classes, classes);
    }
    if (length === userCount) break;
    const owner = run.ownerOf(length);
    assert.ok(workers.includes(owner), `virtual user ${length} is on worker ${owner}, which is not there`);
    for (const at of [run.classOf(length), classCount]) {
      const row = rows[at] as Map<number, number>;
      row.set(owner, (row.get(owner) as number) + 1);
    }
  }
  return result;
}

/** The fewest moves after which any two of these totals differ by at most 1. */
export function fewestMoves(totals: readonly number[]): number {
  const sum = totals.reduce((a, b) => a + b, 0);
  const lower = Math.floor(sum / totals.length);
  const higherOnes = sum - lower * totals.length;
  return totals
    .toSorted((a, b) => b - a)
    .reduce((moves, total, rank) => moves + Math.max(0, total - lower - (rank < higherOnes ? 1 : 0)), 0);
}

/** The totals after `extra` more users, each added to one of the lowest. */
export function filledUp(totals: readonly number[], extra: number): number[] {
  const filled = [...totals];
  for (let given = 0; given < extra; given++) {
    const lowest = filled.indexOf(Math.min(...filled));
    filled[lowest] = (filled[lowest] as number) + 1;
  }
  return filled.sort((a, b) => a - b);
}
