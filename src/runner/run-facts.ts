import os from "node:os";
import type { RequestedAnalyses } from "../analysis/run-analyses.ts";
import { type PlannedScenario, scenarioReport } from "../core/plan/plan-report.ts";
import { planLine } from "../core/plan/plan-sum.ts";
import type { MachineFacts } from "../report/page/model.ts";
import type { RunFacts } from "../report/result/run-facts.ts";
import type { ResolvedRun } from "../scenario/resolve/resolve.ts";
import { rampEndOf } from "../scenario/resolve/resolve-load.ts";
import { type LoadedTest, plannedScenarios } from "./load-test.ts";
import { version } from "./process/version.ts";
import { unverifiedIn } from "./run-connections.ts";
import type { RunSpecification } from "./run-specification.ts";
import { writtenCommand } from "./written-command.ts";

/**
 * Returns the facts that are stored about a run before it begins.
 * @param command the words of the command that started it; null for a resumed run
 */
export function factsOf(
  loaded: LoadedTest,
  {
    seed,
    onWorkerStrain,
    onWorkerLoss,
    stallLimitMs,
  }: Pick<RunSpecification, "seed" | "onWorkerStrain" | "onWorkerLoss" | "stallLimitMs">,
  command: readonly string[] | null,
): RunFacts {
  const scenarios = plannedScenarios(loaded);
  return {
    musterVersion: version,
    seed,
    onWorkerStrain,
    onWorkerLoss,
    stallLimitMs,
    command: command === null ? null : writtenCommand(command),
    machine: machineFacts(),
    unverified: unverifiedIn(loaded),
    thresholds: [...loaded.resolved.thresholds],
    asked: askedOf(loaded.resolved),
    cost: loaded.resolved.cost,
    plan: planOf(scenarios),
    plans: plansOf(scenarios),
    steadyFromMs: Math.min(...loaded.resolved.scenarios.map(({ load }) => rampEndOf(load) ?? 0)),
    classes: scenarios.flatMap((scenario) =>
      scenarioReport(scenario, 1).classes.map(({ name, share, tasks }) => {
        return { scenario: scenario.name, name, share, tasks: [...tasks] };
      }),
    ),
  };
}

/** Returns what a run is judged by: its thresholds, and the load and the settings of its further analyses. */
function askedOf({ thresholds, scenarios, durationMs, spike, drift, search, observe }: ResolvedRun): RequestedAnalyses {
  const load = scenarios[0]?.load;
  const arrivals = load?.kind === "open" && search === null ? load.plan : null;
  const users = load?.kind === "closed" && spike !== null ? load.plan : null;
  const endMs = Number.isFinite(durationMs) ? durationMs : null;
  const sources = observe.map(({ name, isRate, leak }) => ({ name, isRate, leak }));
  const asked = { thresholds, arrivals, users, endMs, spike, drift, search };
  return sources.length === 0 ? asked : { ...asked, observe: sources };
}

function planOf(scenarios: readonly PlannedScenario[]): RunFacts["plan"] {
  const plansOf = (isOpen: boolean) =>
    scenarios.flatMap(({ load }) => ("plan" in load && (load.kind === "open") === isOpen ? [load.plan] : []));
  const { atMs, values } = planLine([plansOf(false), plansOf(true)]);
  const [users = null, ratePerSecond = null] = values;
  return { atMs: [...atMs], users: users && [...users], ratePerSecond: ratePerSecond && [...ratePerSecond] };
}

function plansOf(scenarios: readonly PlannedScenario[]): RunFacts["plans"] {
  return scenarios.flatMap(({ name, load }) => {
    if (!("plan" in load)) return [];
    const { points, durationMs } = load.plan;
    const end = Number.isFinite(durationMs) ? durationMs : null;
    return { scenario: name, kind: load.kind, points: points.map((point) => ({ ...point })), durationMs: end };
  });
}

function machineFacts(): MachineFacts {
  const cpus = os.cpus();
  return {
    hostName: os.hostname(),
    system: `${os.platform()} ${os.arch()} ${os.release()}`,
    nodeVersion: process.version,
    cpuModel: cpus[0]?.model.trim() ?? "",
    cpus: cpus.length,
    memoryBytes: os.totalmem(),
  };
}
