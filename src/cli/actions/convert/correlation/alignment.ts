import type { RecordedStep } from "../har/recorded-step.ts";
import { issuedValues } from "./issued-value.ts";
import { decoded } from "./place.ts";

/** Steps are compared only if their positions differ by at most this number. */
const widestWindow = 400;

/**
 * Finds, for each step of the first recording, the step of the second that does the same; null if there is none. The pairs are
 * the longest common subsequence of steps with the same method and service, whose paths differ only in segments that are an id,
 * a token or a value that an earlier response issued.
 */
export function alignSteps(
  first: readonly RecordedStep[],
  second: readonly RecordedStep[],
): readonly (RecordedStep | null)[] {
  const [issuedInFirst, issuedInSecond] = [firstIssued(first), firstIssued(second)];
  const isSame = (row: number, column: number): boolean => {
    const [a, b] = [first[row], second[column]];
    if (a === undefined || b === undefined || Math.abs(row - column) > widestWindow) return false;
    return isSameRequest(a, b, (one, two) => {
      const isIssued = (issuedInFirst.get(one) ?? row) < row && (issuedInSecond.get(two) ?? column) < column;
      return isIssued || isIdOrToken(one);
    });
  };
  const longest = longestFrom(first.length, second.length, isSame);
  let column = 0;
  return first.map((_, row) => {
    // Take the next step of the second recording that does the same, if no other pair is lost by it.
    let at = column;
    while (at < second.length && !isSame(row, at)) at++;
    if (at === second.length || longest(row + 1, at + 1) + 1 < longest(row, column)) return null;
    column = at + 1;
    return second[at] ?? null;
  });
}

/** Returns a function for the length of the longest common subsequence of the steps from a row on and the steps from a column on. */
function longestFrom(
  rows: number,
  columns: number,
  isSame: (row: number, column: number) => boolean,
): (row: number, column: number) => number {
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const length = isSame(row, column)
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
      lengths[row * width + column] = length;
    }
  }
  return at;
}

/** Returns, for each value that a response issued, the number of the first step whose response contains it. */
function firstIssued(steps: readonly RecordedStep[]): ReadonlyMap<string, number> {
  const issued = new Map<string, number>();
  for (const [number, step] of steps.entries()) {
    for (const { value } of issuedValues(step)) if (!issued.has(value)) issued.set(value, number);
  }
  return issued;
}

function isIdOrToken(segment: string): boolean {
  return /\d|^[\w-]{16,}$/.test(segment);
}

function isSameRequest(a: RecordedStep, b: RecordedStep, mayDiffer: (one: string, two: string) => boolean): boolean {
  if (a.method !== b.method || a.origin !== b.origin) return false;
  if (a.path === b.path) return true;
  const [one, two] = [a, b].map(({ path }) => (path.split("?")[0] ?? "").split("/").map(decoded));
  if (one === undefined || two === undefined || one.length !== two.length) return false;
  const hasCommonWord = one.some((segment, index) => segment !== "" && segment === two[index]);
  const different = one.flatMap((segment, index) =>
    segment === two[index] ? [] : [[segment, two[index] ?? ""] as const],
  );
  // A path may differ only if another of its segments is the same in both.
  return different.length === 0 || (hasCommonWord && different.every(([before, after]) => mayDiffer(before, after)));
}
