import { overflowName } from "./interval-report.ts";

/** Describes the code of a test: `task "browse"`; for a hook, whose name is `Shopper.onStart`, `onStart of Shopper`. */
export function describeCode(name: string): string {
  const [, className, hook] = /^(.*)\.(onStart|onStop)$/s.exec(name) ?? [];
  if (hook !== undefined) return `${hook} of ${className}`;
  return name === overflowName ? "other tasks" : `task ${JSON.stringify(name)}`;
}

/** The advice for requests that were not awaited. */
export const awaitAdvice = "await each request, or return it";
