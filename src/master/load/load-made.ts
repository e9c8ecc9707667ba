import type { ScenarioLoad } from "../../analysis/load/scenario-load.ts";
import type { LoadProgress } from "../../stats/interval-report.ts";
import type { Ledger } from "../record/ledger.ts";
import type { WorkerFacts } from "../workers/worker-state.ts";
import type { ControlledScenario } from "./scenario.ts";

/** A worker reports once a second, so what it did in the last second before it was lost is not known. */
const unreportedMs = 1_000;
/** The number of points in time at which a scenario is checked for load. */
const looks = 100;

interface MadeSoFar {
  /** The end of the load, or of what all workers have reported of it, in ms since the start of the run. */
  readonly untilMs: number;
  /** Whether the load has reached the end of its plan. */
  readonly isOver: boolean;
  readonly workers: readonly { readonly state: Pick<WorkerFacts, "load" | "hasStarted"> }[];
  readonly ledger: Pick<Ledger, "missing">;
}

/**
 * Returns the planned load of each scenario, and the load that the workers have reported. Scenarios with the same name
 * are added up.
 */
export function loadOf(scenarios: readonly ControlledScenario[], soFar: MadeSoFar): ScenarioLoad[] {
  const progress = Map.groupBy(
    soFar.workers.flatMap(({ state }) => state.load),
    ({ scenario }) => scenario,
  );
  const byName = Map.groupBy(scenarios, ({ name }) => name);
  return [...byName].map(([scenario, parts]) => {
    const loads = parts.map((part) => loadOfPart(part, soFar, progress));
    const sum = (of: "planned" | "made" | "late" | "dropped" | "unreported") =>
      loads.reduce((total, load) => total + load[of], 0);
    return {
      scenario,
      unit: parts[0]?.unit ?? "iterations",
      planned: sum("planned"),
      made: sum("made"),
      late: sum("late"),
      dropped: sum("dropped"),
      unreported: sum("unreported"),
      isRandom: parts.some(({ isRandom }) => isRandom),
      seconds: sum("made") < sum("planned") ? loadedSeconds(parts, soFar.untilMs) : soFar.untilMs / 1_000,
    };
  });
}

/** Returns for how many seconds scenarios had load: they can start late, end early and be paused. */
function loadedSeconds(parts: readonly ControlledScenario[], untilMs: number): number {
  const planned = Array.from({ length: looks + 1 }, (_, look) =>
    parts.reduce((sum, part) => sum + (part.plannedBefore((untilMs * look) / looks, false) ?? 0), 0),
  );
  // The dropped past of a shape is only a sum: count it as load from the start of the run on.
  const [atStart = 0] = planned;
  const loaded = planned.filter(
    (now, look) => look > 0 && (now > (planned[look - 1] ?? 0) || (atStart > 0 && now === atStart)),
  );
  return (untilMs / 1_000) * (loaded.length / looks);
}

function loadOfPart(
  part: ControlledScenario,
  { untilMs, isOver, workers, ledger }: MadeSoFar,
  progress: ReadonlyMap<number, readonly LoadProgress[]>,
) {
  const reports = part.ids.flatMap((id) => progress.get(id) ?? []);
  const unit = part.unit === "userSeconds" ? 1_000 : 1;
  const sum = (of: "made" | "late" | "dropped") => reports.reduce((total, report) => total + report[of], 0) / unit;
  const [made, late, dropped] = [sum("made"), sum("late"), sum("dropped")];
  const planned = part.plannedBefore(untilMs, isOver);
  const workerCount = Math.max(1, workers.filter(({ state }) => state.hasStarted).length);
  const within = (fromMs: number, toMs: number) =>
    (part.plannedBefore(toMs, false) ?? 0) - (part.plannedBefore(fromMs, false) ?? 0);
  const unreported = ledger.missing.reduce((total, gap) => {
    const toMs = Math.min(gap.toMs, gap.fromMs + unreportedMs, untilMs);
    return toMs > gap.fromMs ? total + within(gap.fromMs, toMs) / workerCount : total;
  }, 0);
  // Load that has no deadline is not late yet.
  return { planned: planned ?? made + dropped, made, late, dropped, unreported };
}
