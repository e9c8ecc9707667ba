import process from "node:process";
import { type TestContext, type TestOptions, test } from "node:test";

/** The cases of a property whose factor is 1. `npm run test:deep` sets the variable to 1,000. */
export const baseCases = numberFrom("PROPERTY_RUNS") ?? 100;

/** Whether this is `npm run test:deep`, which may take more time. */
const isDeep = baseCases >= 1_000;

/** The number of cases of a test that generates them itself: `cases` in `npm test`, ten times as many in `npm run test:deep`. */
export function caseCount(cases: number): number {
  return Math.ceil((cases * baseCases) / 100);
}

type Declare = (name: string, body: (t: TestContext) => Promise<void>, options?: TestOptions) => void;

/**
 * Declares a test that only `npm run test:deep` runs, because other tests cover the same in less time. Its name ends in "(deep)", by which
 * scripts/test-deep.ts leaves out the other tests of its file.
 */
export const deepTest: Declare = (name, body, options = {}) => {
  if (isDeep) void test(`${name} (deep)`, options, body);
};

const quickTest: Declare = (name, body, options = {}) => {
  void test(name, options, body);
};

/**
 * Each of `cases` with the function that declares its test. Only the first `count` are run by `npm test`, if the others cover nothing
 * new; the others are `deepTest`s.
 */
export function casesByDepth<Case>(count: number, cases: readonly Case[]): readonly (readonly [Case, Declare])[] {
  return cases.map((one, index) => [one, index < count ? quickTest : deepTest]);
}

export function numberFrom(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === "") return undefined;
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Error(`${name} is not a whole number: ${text}`);
  return number;
}
