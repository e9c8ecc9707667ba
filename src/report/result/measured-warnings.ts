import { fewUsersMissing } from "../../analysis/work-done.ts";
import { awaitAdvice, describeCode } from "../../stats/describe-code.ts";
import { overflowName } from "../../stats/interval-report.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import { count } from "../numbers.ts";

const shownUnawaited = 5;

/** Warnings about the test itself that follow from the measurements. They do not change the verdict. */
export function measuredWarnings(totals: RunTotals): string[] {
  const { failedIterations, completedIterations } = totals;
  const threw = `the test's code threw in ${failedIterations} of ${completedIterations} iterations`;
  const missing = fewUsersMissing(totals);
  return [
    ...(failedIterations === 0 ? [] : [threw]),
    ...(missing === null ? [] : [missing]),
    ...unawaitedOf(totals),
    ...overflowsOf(totals),
  ];
}

/**
 * Warns that the measured service may have been another one.
 * @param unverified what turned off the check of certificates, such as "the test"
 */
export function unverifiedWarnings(unverified: readonly string[]): string[] {
  if (unverified.length === 0) return [];
  return [`certificates of the service were not verified, as set by ${unverified.join(", ")}`];
}

/** Warns about code that does not await its requests: one user then sends many at a time, without any pacing. */
function unawaitedOf({ unawaited }: RunTotals): string[] {
  const most = [...unawaited].sort(([, a], [, b]) => b - a);
  const named = most.slice(0, shownUnawaited).map(([name, requests]) => {
    const what = requests === 1 ? "one of its requests" : `its ${count(requests)} requests`;
    return `${describeCode(name)} ended before ${what}: ${awaitAdvice}`;
  });
  const left = most.length - named.length;
  return left > 0 ? [...named, `${left} more tasks ended before their requests: ${awaitAdvice}`] : named;
}

/** Warns about entries that were counted together because there were too many. */
function overflowsOf(totals: RunTotals): string[] {
  const kinds: [what: string, isThere: boolean][] = [
    ["endpoint names: give requests a `name`", totals.endpoints().some(({ name }) => name === overflowName)],
    ["tasks", totals.tasks.hasOverflow],
    ["metrics", totals.metrics.has(overflowName) || totals.seriesOf("trend", overflowName) !== undefined],
    ["names of checks", totals.checks.has(overflowName)],
    ["groups", totals.groups().some(({ name }) => name === overflowName)],
    ["distinct errors", totals.errors().some(({ name, method }) => name === overflowName && method === "")],
  ];
  return kinds.flatMap(([what, isThere]) =>
    isThere ? `too many ${what}; the rest is counted as ${overflowName}` : [],
  );
}
