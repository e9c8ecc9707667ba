import { assignWorkers } from "../core/assignment.ts";
import { ClassSequence } from "../core/class-sequence.ts";
import { peak } from "../core/population.ts";
import { type NumberRange, toRanges } from "../core/ranges.ts";
import type { ResolvedRun } from "../scenario/resolve.ts";

export interface Share {
  /** How many virtual users. */
  readonly count: number;
  readonly ranges: NumberRange[];
}

/** The virtual users of each of so many workers, over the whole plan. */
export function sharesOf({ plan, classes }: ResolvedRun, workerCount: number): Share[] {
  const sequence = new ClassSequence(classes);
  const userCount = Math.min(peak(plan), sequence.limit);
  const workers = assignWorkers((index) => sequence.classOf(index), classes.length, userCount, workerCount);
  const own: number[][] = Array.from({ length: workerCount }, () => []);
  for (const [index, worker] of workers.entries()) own[worker]?.push(index);
  return own.map((indexes) => ({ count: indexes.length, ranges: toRanges(indexes) }));
}
