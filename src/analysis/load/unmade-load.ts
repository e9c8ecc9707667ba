import { satisfies } from "../../core/thresholds/evaluate.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import { contributorsOf } from "../idle-scenarios.ts";
import { describeLoad, lossesIn } from "./load-findings.ts";
import type { ScenarioLoad } from "./scenario-load.ts";

interface UnmadeScenario {
  readonly scenario: string;
  /** The names of its user classes. */
  readonly classes: readonly string[];
  readonly load: ScenarioLoad;
}

/** Load that was planned, and not generated because workers were lost, left or stalled. */
export interface UnmadeLoad {
  readonly scenarios: readonly UnmadeScenario[];
  /** What happened to workers that were lost or left, as sentences. */
  readonly losses: readonly string[];
  /** The times at which workers were lost or left, in ms since the start of the run, in order. */
  readonly lostAtMs: readonly number[];
  /** The time up to which the load is known, in ms since the start of the run. */
  readonly toMs: number;
}

/** The run, or the run so far. */
interface LoadedRun {
  /**
   * The planned and the generated load; null if it is not known, and for a search, which judges each trial by the load
   * generated in it.
   */
  readonly load: readonly ScenarioLoad[] | null;
  readonly events: readonly { readonly kind: string; readonly text: string; readonly atMs: number }[];
  readonly classes: readonly { readonly scenario: string; readonly name: string }[];
  /** The time at which the load ended, or up to which it is known, in ms. */
  readonly toMs: number;
}

/** Lists the user classes of all scenarios. */
export function classesOf(
  scenarios: readonly { readonly name: string; readonly classes: readonly { readonly name: string }[] }[],
): LoadedRun["classes"] {
  return scenarios.flatMap(({ name: scenario, classes }) => classes.map(({ name }) => ({ scenario, name })));
}

/** Returns the planned load that workers did not generate; null if there is none. */
export function unmadeLoad({ load, events, classes, toMs }: LoadedRun): UnmadeLoad | null {
  if (load === null) return null;
  const losses = lossesIn(events);
  const unmade = load.filter((one) => unmadeOf(one) > 0 && (losses.length > 0 || one.late > 0));
  if (unmade.length === 0) return null;
  const lost = events.filter(({ kind }) => kind === "worker-lost" || kind === "worker-left");
  return {
    scenarios: load.map((one) => {
      const own = classes.filter(({ scenario }) => scenario === one.scenario);
      return { scenario: one.scenario, classes: own.map(({ name }) => name), load: one };
    }),
    losses,
    lostAtMs: lost.map(({ atMs }) => atMs),
    toMs,
  };
}

/** The largest share of its load that a part of a run lacks: a loss takes more only if most workers are lost at once. */
const mostMissingOfPart = 0.5;

/**
 * Whether a lower bound on a counter was missed, and would have been met in [fromMs, toMs) if all of its load had been
 * generated: then it is not known whether the service failed. More load raises the counter, at most in proportion.
 *
 * @param value the measured value in that time
 * @param isWindow whether the time is a short part of the run: load is missing in it only after the first loss
 */
export function mayHoldWithLoad(
  { selector, expression }: Threshold,
  value: number | null,
  unmade: UnmadeLoad | null | undefined,
  { fromMs, toMs, isWindow }: { readonly fromMs: number; readonly toMs: number; readonly isWindow: boolean },
): boolean {
  const { operator, bound } = expression;
  const isEqual = operator === "==" || operator === "===";
  const isLow = operator === ">" || operator === ">=" || isEqual;
  if (unmade == null || value === null || value > bound || !isLow || selector.metric.kind !== "counter") return false;
  const lostMs = unmade.lostAtMs.findLast((atMs) => atMs < toMs);
  if (isWindow && lostMs === undefined) return false;
  const sinceMs = isWindow ? Math.max(fromMs, lostMs ?? 0) : fromMs;
  const factors = contributorsOf(selector, unmade.scenarios).map(({ load }) => factorSince(sinceMs, load, unmade.toMs));
  // The missing load of the whole run is not all missing in this part.
  const isPart = isWindow || fromMs > 0;
  const factor = Math.min(Math.max(1, ...factors), isPart ? 1 / (1 - mostMissingOfPart) : Number.POSITIVE_INFINITY);
  // None of this load was generated.
  if (factor === Number.POSITIVE_INFINITY) return value < bound || !isEqual;
  const most = value * factor;
  return isEqual ? most >= bound && value < bound : satisfies(most, expression);
}

/** Describes why it is not known whether a threshold that lacks load could hold. */
export function describeUnmade({ scenarios, losses }: UnmadeLoad): string {
  const parts = scenarios.filter(({ load }) => unmadeOf(load) > 0);
  const told = parts.map(({ scenario, load }) => {
    const name = scenarios.length > 1 ? scenario : null;
    const found = { kind: "shortfall", severity: "warned", amount: unmadeOf(load) } as const;
    return describeLoad({ ...found, scenario: name, load, losses });
  });
  return `it is not known whether the whole load would have met this: ${told.join("; ")}`;
}

/**
 * The load that was not generated although users were free, in the unit of the load, including the load that a lost
 * worker did not report.
 */
function unmadeOf({ planned, made, dropped }: ScenarioLoad): number {
  return Math.max(0, planned - made - dropped);
}

/** The factor from the load since `fromMs` to the planned load, if all that is missing is missing since then. */
function factorSince(fromMs: number, load: ScenarioLoad, toMs: number): number {
  const planned = load.planned * Math.max(0, 1 - fromMs / Math.max(1, toMs));
  const made = planned - unmadeOf(load);
  return made > 0 ? planned / made : Number.POSITIVE_INFINITY;
}
