/** What a load is counted in: iterations, or the seconds that its virtual users run, all of them together. */
export type LoadUnit = "iterations" | "userSeconds";

/** What was planned of one scenario, and what was made of it, in its unit. */
export interface ScenarioLoad {
  readonly scenario: string;
  readonly unit: LoadUnit;
  /** By the plan as it was steered; for a load that ended early, up to its end. */
  readonly planned: number;
  readonly made: number;
  /** Not made because a worker was too late for it; others may have made it instead. */
  readonly late: number;
  /** Not made because no virtual user was free for it. */
  readonly dropped: number;
  /** What lost workers may have made after their last report, which is unknown. */
  readonly unreported: number;
  /** Whether as many are due only on average. */
  readonly isRandom: boolean;
  /** For how long the scenario had load; only known for users over time of which a part is missing. */
  readonly seconds: number;
}

/**
 * The share of the planned load of a scenario that may be missing, or may have been made in excess, without spoiling the
 * result: thresholds are compared with figures that are no more exact than this.
 */
const toleratedShare = 0.02;
/**
 * Users start and leave within fractions of a second of the plan; in a short run these add up to a large share. Less is
 * tolerated if it is known that a worker was lost or stood still.
 */
const toleratedSeconds = { unexplained: 2, explained: 0.5 };
/** One iteration may fall on either side of the end. */
const toleratedIterations = 1;
/** How far from its mean the number of random arrivals lies in fewer than one run of 300. */
const deviations = 3;

/** What of the plan was not made although users were free, as far as chance does not explain it. */
export function missingOf(load: ScenarioLoad): number {
  const { planned, made, dropped, unreported } = load;
  return Math.max(0, planned - made - dropped - unreported - chanceOf(load));
}

/** What was made in excess of the plan, as far as chance does not explain it. */
export function excessOf(load: ScenarioLoad): number {
  return Math.max(0, load.made - load.planned - chanceOf(load));
}

/**
 * Whether so much of the planned load is more than a result bears.
 * @param cause `explained` if a worker was lost, left or stood still
 */
export function isTooMuch(
  amount: number,
  { unit, planned, seconds }: ScenarioLoad,
  cause: keyof typeof toleratedSeconds = "unexplained",
): boolean {
  if (amount <= toleratedShare * planned) return false;
  return unit === "iterations" ? amount > toleratedIterations : (amount / planned) * seconds > toleratedSeconds[cause];
}

function chanceOf({ isRandom, planned }: ScenarioLoad): number {
  return isRandom ? deviations * Math.sqrt(planned) : 0;
}
