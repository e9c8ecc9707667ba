import type { ExceptionReport } from "./page/model.ts";
import type { Result } from "./result/result-schema.ts";

/** What the test's code threw, the most frequent first. */
export function exceptionsOf({ errors }: Pick<Result, "errors">): ExceptionReport[] {
  return errors.flatMap(({ kind, name, message, stack, count }) =>
    kind === "exception" ? [{ name, message, stack, count }] : [],
  );
}
