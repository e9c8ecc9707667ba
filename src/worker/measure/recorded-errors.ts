const errors = new WeakSet<object>();
/** How often texts and other values that are no objects were thrown by measures, and not yet by the code around them. */
const values = new Map<unknown, number>();
const mostValues = 1_000;

/** Notes that what a measure throws on was recorded as its failure. */
export function noteRecorded(thrown: unknown): void {
  if (isObject(thrown)) errors.add(thrown);
  else if (values.size < mostValues) values.set(thrown, (values.get(thrown) ?? 0) + 1);
}

/** Whether something thrown was recorded as a failure: it is no second one where the code throws it on, or has not awaited it. */
export function isRecorded(thrown: unknown): boolean {
  if (isObject(thrown)) return errors.has(thrown);
  const count = values.get(thrown) ?? 0;
  if (count > 1) values.set(thrown, count - 1);
  else values.delete(thrown);
  return count > 0;
}

function isObject(thrown: unknown): thrown is object {
  return (typeof thrown === "object" && thrown !== null) || typeof thrown === "function";
}
