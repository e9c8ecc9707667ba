import type { LossPolicy } from "../../core/run.ts";
import type { GeneratorRun } from "../health/generator-run.ts";
import type { HealthSeverity } from "../health/severity.ts";
import { excessOf, isTooMuch, missingOf, type ScenarioLoad } from "./scenario-load.ts";

/** The share of a scenario's planned load that lost workers may leave ungenerated. */
const acceptedShares: Readonly<Record<LossPolicy, number>> = {
  rebalance: 0,
  continue: 0.5,
  "continue-any": 1,
  fail: 0,
};
/** The number of worker losses that a reason lists. */
const toldLosses = 3;

/** Load that was planned and not generated, or generated in excess of the plan. */
export interface LoadFinding {
  readonly kind: "shortfall" | "surplus";
  readonly severity: HealthSeverity;
  /** The name of the scenario; null if the run has only one. */
  readonly scenario: string | null;
  readonly load: ScenarioLoad;
  /** The amount that is missing or in excess, in the unit of the load. */
  readonly amount: number;
  /** What happened to workers that were lost or left, as sentences. */
  readonly losses: readonly string[];
  /** Whether the user accepts that lost workers leave load ungenerated, but not as much as this. */
  readonly isBeyondAccepted?: boolean;
}

type JudgedRun = Pick<GeneratorRun, "load" | "losses" | "onWorkerLoss">;

/**
 * Compares the planned load of each scenario with the generated load. Iterations for which no user was free are not
 * counted here, because they are no fault of the generator.
 *
 * A load that is too small spoils the result, whatever the policy for the strain of workers. With `--on-worker-loss
 * continue`, the user accepts that lost workers leave load ungenerated, up to half of the plan; with `continue-any`, any
 * amount. A load that is too large does not spoil a pass; the verdict takes that into account.
 */
export function loadFindings(run: JudgedRun): LoadFinding[] {
  return run.load.flatMap((load): LoadFinding[] => {
    const scenario = run.load.length > 1 ? load.scenario : null;
    const found = { scenario, load, losses: run.losses };
    const missing = missingOf(load);
    const excess = excessOf(load);
    const accepted = run.losses.length > 0 ? acceptedShares[run.onWorkerLoss] : 0;
    const isAccepted = missing <= accepted * load.planned;
    const severity = isAccepted ? "warned" : "invalid";
    const isBeyondAccepted = accepted > 0 && !isAccepted;
    const cause = run.losses.length > 0 || load.late > 0 ? "explained" : "unexplained";
    if (isTooMuch(missing, load, cause)) {
      return [{ kind: "shortfall", severity, amount: missing, ...found, isBeyondAccepted }];
    }
    if (!isTooMuch(excess, load)) return [];
    return [{ kind: "surplus", severity: "warned", amount: excess, ...found }];
  });
}

/** Returns what happened to workers, from the first words of their events: "worker 2 (host, pid 7) was lost after 12.3 s (…)". */
export function lossesIn(events: readonly { readonly kind: string; readonly text: string }[]): string[] {
  const losses = events.filter(({ kind }) => kind === "worker-lost" || kind === "worker-left");
  return losses.map(({ text }) => text.split("; its ")[0] ?? text);
}

/** Returns the workers that generated none of their load, as sentences. */
export function idleIn(events: readonly { readonly kind: string; readonly text: string }[]): string[] {
  return events.filter(({ kind }) => kind === "worker-idle").map(({ text }) => text);
}

/** Describes the finding in a sentence, with its causes. */
export function describeLoad(finding: LoadFinding): string {
  const { kind, scenario, load, amount, losses, isBeyondAccepted } = finding;
  const planned = amountOf(load.planned, load);
  if (kind === "shortfall" && losses.length === 0 && load.late === 0 && load.unit === "iterations") {
    const of = scenario === null ? "" : ` of ${scenario}`;
    return `the workers failed to start ${shareOf(amount, load)} of the ${planned}${of} that were due, though users were free: add workers`;
  }
  const what = scenario === null ? "the planned load" : `the planned load of ${scenario}`;
  const made = `${count(load.made)} of ${planned}`;
  if (kind === "surplus") {
    const causes = losses.length === 0 ? [] : [...told(losses), "it continued after others had taken over"];
    return `${shareOf(amount, load)} more than ${what} was generated (${made})${listed(causes)}`;
  }
  const accepted = isBeyondAccepted
    ? [`--on-worker-loss=continue accepts at most ${acceptedShares.continue * 100} %`]
    : [];
  const causes = listed([...told(losses), ...lateness(finding), ...accepted]);
  return `${shareOf(amount, load)} of ${what} was not generated (${made})${causes}`;
}

/** Describes iterations of a scenario for which no user was free. */
export function describeDropped(load: ScenarioLoad, scenarios: number): string {
  const what = scenarios > 1 ? `the planned load of ${load.scenario}` : "the planned load";
  const made = `${count(load.made)} of ${amountOf(load.planned, load)}`;
  return `${shareOf(load.dropped, load)} of ${what} was not generated (${made}): no user was free (maxUsers, maxDuration, or a full queue)`;
}

function lateness({ load, losses }: LoadFinding): string[] {
  if (load.late === 0) return losses.length > 0 ? [] : ["the workers did not run all users: add workers"];
  const what = load.unit === "iterations" ? "iterations" : "users";
  return [`workers that stalled, or were more than two seconds late, skipped ${what}`];
}

function told(losses: readonly string[]): string[] {
  const left = losses.length - toldLosses;
  return [...losses.slice(0, toldLosses), ...(left > 0 ? [`${left} more workers were lost or left`] : [])];
}

function listed(causes: readonly string[]): string {
  return causes.length === 0 ? "" : `: ${causes.join("; ")}`;
}

function amountOf(amount: number, { unit }: ScenarioLoad): string {
  return `${count(amount)} ${unit === "iterations" ? "iterations" : "user-seconds"}`;
}

function count(amount: number): string {
  return String(Math.round(amount));
}

function shareOf(amount: number, { planned }: ScenarioLoad): string {
  const value = (amount / Math.max(planned, 1e-9)) * 100;
  if (value >= 99.5 && value < 100) return "more than 99 %";
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} %`;
}
