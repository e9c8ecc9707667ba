/** The unit of a load: iterations, or the summed running time of all virtual users in seconds. */
export type LoadUnit = "iterations" | "userSeconds";

/** The planned and the generated load of one scenario, in its unit. */
export interface ScenarioLoad {
  readonly scenario: string;
  readonly unit: LoadUnit;
  /** The planned load, with the changes that people made; for a load that ended early, up to its end. */
  readonly planned: number;
  readonly made: number;
  /** The load that was not generated because a worker was too late for it; other workers may have generated it instead. */
  readonly late: number;
  /** The load that was not generated because no virtual user was free for it. */
  readonly dropped: number;
  /** The load that lost workers may have generated after their last report; the true amount is unknown. */
  readonly unreported: number;
  /** Whether the arrivals are random: the planned number is only the mean. */
  readonly isRandom: boolean;
  /** The time for which the scenario had load, in seconds, if part of its load is missing; otherwise the time of the run so far. */
  readonly seconds: number;
}

/**
 * The share of the planned load of a scenario that may be missing, or in excess, without spoiling the result: thresholds
 * are compared with figures that are no more exact than this.
 */
const toleratedShare = 0.02;
/**
 * Users start and leave within fractions of a second of the plan; in a short run these add up to a large share. Less is
 * tolerated if it is known that a worker was lost or stalled.
 */
const toleratedSeconds = { unexplained: 2, explained: 0.5 };
/** One iteration may fall on either side of the end. */
const toleratedIterations = 1;
/** The number of standard deviations from their mean that random arrivals exceed in fewer than one run of 300. */
const deviations = 3;

/** The planned load that was not generated although users were free, as far as chance does not explain the difference. */
export function missingOf(load: ScenarioLoad): number {
  const { planned, made, dropped, unreported } = load;
  return Math.max(0, planned - made - dropped - unreported - chanceOf(load));
}

/** The load that was generated in excess of the plan, as far as chance does not explain the difference. */
export function excessOf(load: ScenarioLoad): number {
  return Math.max(0, load.made - load.planned - chanceOf(load));
}

/**
 * Whether a missing or excess amount of load spoils the result.
 * @param cause `explained` if a worker was lost, left or stalled
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
