/** The values to compare: their `count`, and their known percentiles by name ("50", "95", …), in ms. */
export interface KnownTimes {
  readonly count: number;
  readonly percentiles: Readonly<Record<string, number>>;
}

/** Events of one kind, such as failures, among `count` requests. */
export interface KnownEvents {
  readonly count: number;
  readonly events: number;
}

/** The probability that any of several equal endpoints is named in a report. */
export const falseAlarmRate = 0.01;
/** The factor by which an endpoint must exceed the others. Smaller differences are not worth looking at first. */
const worthNaming = 1.5;
/** The number of standard errors that the figure of the other endpoints may be off. */
const doubtInDeviations = 3;
/** The standard error of a median of estimates, as a multiple of the standard error of their mean. */
const medianFactor = 1.25;

/** The least number of values with which a distribution can be found to stand out. */
const fewestToFind = 20;

/**
 * Returns the least number of values with which a distribution is used as a reference for a percentile: five values
 * beyond the percentile show where it is.
 */
export function fewestFor(percentile: 95 | 99): number {
  return percentile === 95 ? 100 : 500;
}

/**
 * Finds the distributions that have more values beyond the percentile of the others than chance explains, at
 * `falseAlarmRate` for all of them together. A distribution with fewer than 20 values is never found, and one with fewer
 * than `fewestFor` is not used as a reference.
 *
 * The number of values beyond a limit is binomial. Its tail is bounded as by H. Chernoff, "A measure of asymptotic
 * efficiency for tests of a hypothesis", Annals of Mathematical Statistics 23 (1952), and divided among all that are
 * compared (C. E. Bonferroni, 1936). The limit is the median of the percentiles of the others, so that one slow endpoint
 * does not hide another.
 *
 * @returns the positions of the distributions that were found, in order
 */
export function slowerThanOthers(all: readonly KnownTimes[], percentile: 95 | 99): number[] {
  const expected = 1 - percentile / 100;
  return [...all.entries()].flatMap(([position, times]) => {
    const others = all.filter((one, other) => other !== position && one.count >= fewestFor(percentile));
    const limit = lowerMedian(others.map(({ percentiles }) => percentiles[percentile] ?? 0));
    if (limit === undefined || times.count < fewestToFind) return [];
    const samples = others.reduce((sum, { count }) => sum + count, 0);
    const doubt = doubtInDeviations * medianFactor * Math.sqrt((expected * (1 - expected)) / samples);
    const share = shareBeyond(times, limit);
    return isBeyondChance(share, times.count, expected * worthNaming + doubt, all.length) ? [position] : [];
  });
}

/** Finds the entries with more events among their requests than the others, like `slowerThanOthers` for times. */
export function moreThanOthers(all: readonly KnownEvents[]): number[] {
  const [requests, events] = [sumOf(all.map(({ count }) => count)), sumOf(all.map((one) => one.events))];
  return [...all.entries()].flatMap(([position, one]) => {
    const [others, theirs] = [requests - one.count, events - one.events];
    if (others === 0 || one.count === 0) return [];
    // If the others have no events at all, their rate may still be above 0 (Poisson counts).
    const most = theirs * worthNaming + doubtInDeviations * Math.sqrt(theirs + 1);
    return isBeyondChance(one.events / one.count, one.count, Math.min(1, most / others), all.length) ? [position] : [];
  });
}

/** Whether a share of `count` values is above `expected` by more than chance explains, in one of `comparisons`. */
function isBeyondChance(share: number, count: number, expected: number, comparisons: number): boolean {
  if (share <= expected) return false;
  const divergence = part(share, expected) + part(1 - share, 1 - expected);
  return count * divergence > Math.log(comparisons / falseAlarmRate);
}

/** A term of the Kullback-Leibler divergence. */
function part(share: number, expected: number): number {
  return share === 0 ? 0 : share * Math.log(share / expected);
}

/** The share of the values above `limit`, from the known percentiles around it, interpolated linearly between two of them. */
function shareBeyond({ percentiles }: KnownTimes, limit: number): number {
  const known = Object.entries(percentiles).map(([percentile, ms]) => ({ share: 1 - Number(percentile) / 100, ms }));
  const ascending = known.toSorted((a, b) => b.share - a.share);
  const at = ascending.findIndex(({ ms }) => ms > limit);
  const [below, above] = [ascending[at - 1], ascending[at]];
  if (above === undefined) return 0;
  if (below === undefined) return above.share;
  return above.share + ((below.share - above.share) * (above.ms - limit)) / (above.ms - below.ms);
}

function lowerMedian(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1];
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
