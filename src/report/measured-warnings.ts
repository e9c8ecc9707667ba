import { overflowName } from "../stats/interval-report.ts";
import type { RunTotals } from "../stats/run-totals.ts";

/** What measurements say about the test itself, beside the verdict. */
export function measuredWarnings(totals: RunTotals): string[] {
  const { failedIterations, completedIterations } = totals;
  const threw = `the test's code threw in ${failedIterations} of ${completedIterations} iterations`;
  return [...(failedIterations === 0 ? [] : [threw]), ...overflowsOf(totals)];
}

/** What was counted together because there was too much of it to be kept apart. */
function overflowsOf(totals: RunTotals): string[] {
  const kinds: [what: string, isThere: boolean][] = [
    ["endpoint names: give requests a `name`", totals.endpoints().some(({ name }) => name === overflowName)],
    ["tasks", totals.tasks.hasOverflow],
    ["names of checks", totals.checks.has(overflowName)],
    ["distinct errors", totals.errors().some(({ name, method }) => name === overflowName && method === "")],
  ];
  return kinds.flatMap(([what, isThere]) =>
    isThere ? `too many ${what}; the rest is counted as ${overflowName}` : [],
  );
}
