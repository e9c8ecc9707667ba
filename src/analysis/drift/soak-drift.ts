import { holm } from "../statistics/holm.ts";
import type { DriftSeries } from "./drift-series.ts";
import type { DriftVerdict, SeriesDrift } from "./drift-verdict.ts";
import { judgeKnowingStep, judgeSeries } from "./judge-series.ts";
import { warmUpEndMs } from "./steady-points.ts";
import { prepareSeries } from "./tested-series.ts";
import type { Strictness } from "./trend-units.ts";

/** The usual chance of a false alarm in a whole run. */
export const usualSignificance = 0.01;

export interface DriftOptions {
  /** The end of the ramp-up, in ms; earlier times are always warm-up. */
  readonly rampEndMs?: number;
  /** The minimum warm-up time in ms; default 2 minutes. Shorter for scaled-down runs. */
  readonly leastWarmUpMs?: number;
  /** The chance of a false alarm in a whole run, shared among `checkpoints`; default 0.01. */
  readonly significance?: number;
  /** The number of times the run is judged, including the end: each is another chance of a false alarm. */
  readonly checkpoints?: number;
}

export interface SoakDrift {
  /** The most severe verdict of all series; a drift or a step for the better does not count. */
  readonly kind: DriftVerdict["kind"];
  /** The verdicts of the series, in the given order. */
  readonly series: readonly SeriesDrift[];
}

/**
 * Judges whether any series of a service drifts, steps or oscillates over hours. A pure function of the windows so far, so
 * it can be used during the run as well as after it.
 */
export function soakDrift(series: readonly DriftSeries[], options: DriftOptions = {}): SoakDrift {
  const { rampEndMs = 0, leastWarmUpMs, checkpoints = 1 } = options;
  const significance = (options.significance ?? usualSignificance) / checkpoints;
  const prepared = series.map((one) =>
    prepareSeries(one, warmUpEndMs(one.windows, rampEndMs, leastWarmUpMs), 1 - significance),
  );
  const corrected = holm(prepared.flatMap((one) => (one.kind === "tested" ? [one.trend.p] : [])));
  const strictness: Strictness = { significance, seriesCount: Math.max(1, corrected.length) };
  let next = 0;
  const judged = prepared.map((one): SeriesDrift => {
    const { subject, statistic } = one.series;
    if (one.kind === "tested") return judgeSeries(one, corrected[next++] as number, strictness);
    if (one.kind === "negligible") return { subject, statistic, verdict: { kind: "stable" }, trend: null };
    return { subject, statistic, verdict: { kind: "insufficient", reason: one.reason }, trend: null };
  });
  const stepsAtMs = firstSteps(judged);
  const final = judged.map((drift, position) => {
    const [one, stepAtMs] = [prepared[position], stepsAtMs.get(drift.subject)];
    const known = one?.kind === "tested" && stepAtMs !== undefined ? judgeKnowingStep(one, drift, stepAtMs) : drift;
    const limit = one?.series.limit ?? null;
    return limit === null ? known : { ...known, limit };
  });
  // A series without failures is stable, but a run in which nothing else could be tested is not.
  const isTested = final.some(({ trend }) => trend !== null);
  return { kind: isTested ? mostSevere(final.map(({ verdict }) => verdict)) : "insufficient", series: final };
}

/** The time of each subject's step, from the first of its series that stepped. */
function firstSteps(judged: readonly SeriesDrift[]): Map<string, number> {
  const steps = new Map<string, number>();
  for (const { subject, verdict } of judged) {
    if (verdict.kind === "step" && !steps.has(subject)) steps.set(subject, verdict.atMs);
  }
  return steps;
}

function mostSevere(verdicts: readonly DriftVerdict[]): DriftVerdict["kind"] {
  const severe = verdicts.filter((verdict) => !("direction" in verdict) || verdict.direction === "worse");
  for (const kind of ["drifting", "step", "oscillating"] as const)
    if (severe.some((one) => one.kind === kind)) return kind;
  return "stable";
}
