const errors = new WeakSet<object>();
/** How often each value that is not an object, such as a text, was thrown by a measure and not yet by the code around it. */
const values = new Map<unknown, number>();
const mostValues = 1_000;

/** Notes that a thrown value was already recorded as the failure of a measure. */
export function noteRecorded(thrown: unknown): void {
  if (isObject(thrown)) errors.add(thrown);
  else if (values.size < mostValues) values.set(thrown, (values.get(thrown) ?? 0) + 1);
}

/**
 * Whether a thrown value was already recorded as a failure. If so, it is not a second failure where the code rethrows it or
 * has not awaited it.
 */
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
