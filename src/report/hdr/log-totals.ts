import type { IntervalLog } from "./interval-log.ts";
import { isNestedTag } from "./tag-names.ts";
import { ValueTotals } from "./value-totals.ts";

export interface LogTotals {
  readonly total: ValueTotals;
  /** The totals by tag, without lines that are the total of others. Empty if no line has a tag. */
  readonly tags: ReadonlyMap<string, ValueTotals>;
  /** Whether the lines without a tag are the total of the lines with one, and not values of their own. */
  readonly isUntaggedTotal: boolean;
}

/**
 * Adds up the tags of a log. Some writers also log the total, without a tag, which must not count twice. Neither must a
 * measure that contains measured work.
 */
export function logTotals({ tags, isMusters }: IntervalLog): LogTotals {
  const untagged = tags.get("");
  const tagged = new Map([...tags].filter(([tag]) => tag !== ""));
  if (untagged !== undefined && tagged.size === 0) return { total: untagged, tags: tagged, isUntaggedTotal: false };
  const total = new ValueTotals();
  for (const [tag, each] of tagged) if (!isMusters || !isNestedTag(tag)) total.merge(each);
  if (untagged === undefined) return { total, tags: tagged, isUntaggedTotal: false };
  if (untagged.equals(total)) return { total, tags: tagged, isUntaggedTotal: true };
  total.merge(untagged);
  return { total, tags, isUntaggedTotal: false };
}
