import { overflowName } from "./interval-report.ts";

/** `task "browse"`; a hook is counted by its class and name, as `Shopper.onStart`. */
export function describeCode(name: string): string {
  const [, className, hook] = /^(.*)\.(onStart|onStop)$/s.exec(name) ?? [];
  if (hook !== undefined) return `${hook} of ${className}`;
  return name === overflowName ? "other tasks" : `task ${JSON.stringify(name)}`;
}

/** What the test has to write instead. */
export const awaitAdvice = "await each request, or return it";
