import type { Interval } from "../statistics/interval.ts";
import { studentQuantile, studentUpperTail } from "../statistics/student-distribution.ts";
import type { FigureScale } from "./figure-scale.ts";
import type { SectionChange } from "./section-change.ts";

/** The result of a test of a change. */
export interface TestedChange {
  /** The probability of a change at least as large, in either direction, if the true change were too small to matter. */
  readonly p: number;
  readonly isWorse: boolean;
  /** The confidence interval of the change, in the reported unit. */
  readonly interval: Interval;
  /** Whether every change in the interval is too small to matter. */
  readonly isWithinMinimal: boolean;
}

/** The share of the probability of a false finding that is spent on large changes, which are rarely made by chance. */
const shareOfLarge = 0.1;

/**
 * Tests a change by its two estimates, either of which may be missing: the one for changes of any size and the one for
 * large changes. The more significant estimate counts. As two tests are made, each has its share of the probability of a
 * false finding (C. E. Bonferroni, 1936).
 *
 * The null hypothesis is not that nothing has changed, because two runs are never quite alike, but that the change is at
 * most the minimal one.
 *
 * Source: K. R. Murphy and B. Myors, "Testing the hypothesis that treatments have negligible effects: minimum-effect
 * tests in the general linear model", Journal of Applied Psychology 84 (1999).
 *
 * @param alpha the interval contains the change with a probability of 1 - alpha
 * @returns null without any estimate
 */
export function testedChange(
  usual: SectionChange | null,
  large: SectionChange | null,
  scale: FigureScale,
  alpha: number,
): TestedChange | null {
  const first = usual && testedEstimate(usual, scale, alpha);
  if (large === null) return first;
  const second = testedEstimate(large, scale, alpha);
  const found = first === null || second.p / shareOfLarge < first.p / (1 - shareOfLarge) ? second : first;
  return { ...found, p: Math.min(1, found.p / (found === second ? shareOfLarge : 1 - shareOfLarge)) };
}

function testedEstimate(
  { change, standardError, degrees }: SectionChange,
  scale: FigureScale,
  alpha: number,
): TestedChange {
  const upperTail = (distance: number) => {
    if (standardError === 0) return distance > 0 ? 0 : 1;
    return studentUpperTail(distance / standardError, degrees);
  };
  const worse = upperTail(change - scale.minimal);
  const better = upperTail(-change - scale.minimal);
  const reach = studentQuantile(1 - alpha / 2, degrees) * standardError;
  const ends = [scale.reported(change - reach), scale.reported(change + reach)];
  return {
    // The test is two-sided.
    p: Math.min(1, 2 * Math.min(worse, better)),
    isWorse: worse < better,
    interval: { low: Math.min(...ends), high: Math.max(...ends) },
    isWithinMinimal: Math.abs(change) + reach < scale.minimal,
  };
}
