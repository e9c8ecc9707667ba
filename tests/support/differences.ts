/** The paths of the leaves in which two values of plain JSON differ, such as `total.requestsPerSecond`. */
export function differences(before: unknown, after: unknown, at = ""): string[] {
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null)
    return Object.is(before, after) ? [] : [at];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    differences(
      (before as Record<string, unknown>)[key],
      (after as Record<string, unknown>)[key],
      at === "" ? key : `${at}.${key}`,
    ),
  );
}
