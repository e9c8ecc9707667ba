import { bracketOf, testedRates } from "./bracket.ts";
import { doneAt, type End, nextTrial, type PlannedTrial, roundedRate } from "./next-trial.ts";
import {
  defaultDeadlineMs,
  drainCapMs,
  drainedFactor,
  drainShare,
  mostDrains,
  type SearchSettings,
} from "./search-settings.ts";
import type { SearchEvent, Trial, TrialPurpose } from "./trial.ts";
import { trialLength } from "./trial-length.ts";

interface TrialStep {
  readonly kind: "trial";
  readonly purpose: TrialPurpose;
  readonly ratePerSecond: number;
  readonly settleMs: number;
  readonly measureMs: number;
}

export type SearchStep =
  | TrialStep
  /**
   * Low load until the p95 is at most `untilP95Ms` (or, before any trial passed, until the targets hold), for at most
   * `capMs`.
   */
  | {
      readonly kind: "drain";
      readonly ratePerSecond: number;
      readonly untilP95Ms: number | null;
      readonly capMs: number;
    }
  | End;

/** Decides the next step of a capacity search from its history: a pure function, so that a search can be replayed. */
export function nextStep(settings: SearchSettings, history: readonly SearchEvent[], elapsedMs: number): SearchStep {
  const trials = history.filter((event) => event.kind === "trial");
  const planned = nextTrial(settings, trials);
  if ("kind" in planned) return planned;
  const step = withLength(settings, trials, planned);
  const deadlineMs = settings.deadlineMs ?? defaultDeadlineMs;
  if (elapsedMs + step.settleMs + step.measureMs > deadlineMs) return { kind: "end", reason: "deadline" };
  return drainBefore(settings, history) ?? step;
}

function withLength(
  settings: SearchSettings,
  trials: readonly Trial[],
  { purpose, ratePerSecond }: PlannedTrial,
): TrialStep {
  const { tailPercentile, timeScale = 1 } = settings;
  const below = passed(trials).filter((trial) => trial.ratePerSecond <= ratePerSecond);
  const p99Ms = below.at(-1)?.measurement.p99Ms ?? 0;
  const length = trialLength(purpose, ratePerSecond, { tailPercentile, p99Ms, timeScale });
  return { kind: "trial", purpose, ratePerSecond, ...length };
}

/** The drain before the next trial; null if the service is drained, or if the maximum number of drains is reached. */
function drainBefore({ timeScale = 1 }: SearchSettings, history: readonly SearchEvent[]): SearchStep | null {
  const trials = history.filter((event) => event.kind === "trial");
  const drains = history.length - 1 - history.findLastIndex(({ kind }) => kind === "trial");
  const last = history.at(-1);
  if (last === undefined || drains >= mostDrains || (last.kind === "drain" && last.drained)) return null;
  const gentlest = passed(trials)[0];
  const least = Math.min(...trials.map(({ ratePerSecond }) => ratePerSecond));
  const low = bracketOf(testedRates(trials)).low?.ratePerSecond ?? Math.min(least, doneAt(least, trials));
  return {
    kind: "drain",
    ratePerSecond: roundedRate(low * drainShare ** (drains + 1)),
    untilP95Ms: gentlest === undefined ? null : drainedFactor * gentlest.measurement.p95Ms,
    capMs: drainCapMs * timeScale,
  };
}

/** The passed trials, by ascending rate. */
function passed(trials: readonly Trial[]): Trial[] {
  return trials.filter(({ outcome }) => outcome.kind === "passed").sort((a, b) => a.ratePerSecond - b.ratePerSecond);
}
