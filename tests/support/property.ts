import fc from "fast-check";
import { baseCases, caseCount, numberFrom } from "./depth.ts";

const givenSeed = numberFrom("PROPERTY_SEED");

export interface PropertyOptions<Values> {
  /** Multiplies the number of cases: above 1 if failing cases would be rare, below 1 if a case is expensive. Default: 1. */
  readonly factor?: number;
  /** Generates the same cases every time, for a property that need not hold for all cases. */
  readonly seed?: number;
  /** Cases that are checked before the generated ones. */
  readonly examples?: Values[];
}

/**
 * Checks an `fc.property` with new cases: 100 in `npm test`, 1,000 in `npm run test:deep`, times the factor. A failure shows the smallest
 * failing case, and the command that repeats it.
 */
export function assertProperty<Values>(property: fc.IProperty<Values>, options?: PropertyOptions<Values>): void {
  fc.assert(property, parametersOf(options));
}

/** Does the same as `assertProperty` for an `fc.asyncProperty`. */
export async function assertAsyncProperty<Values>(
  property: fc.IAsyncProperty<Values>,
  options?: PropertyOptions<Values>,
): Promise<void> {
  await fc.assert(property, parametersOf(options));
}

function parametersOf<Values>({ factor = 1, seed = givenSeed, ...examples }: PropertyOptions<Values> = {}) {
  const numRuns = caseCount(100 * factor);
  return { numRuns, reporter: failWithRepeat<Values>, ...examples, ...(seed === undefined ? {} : { seed }) };
}

function failWithRepeat<Values>(details: fc.RunDetails<Values>): void {
  if (!details.failed) return;
  const repeat = `Repeat it with: PROPERTY_SEED=${details.seed} PROPERTY_RUNS=${baseCases} npm test -- FILE`;
  throw new Error(`${fc.defaultReportMessage(details)}\n${repeat}`, { cause: details.errorInstance });
}
