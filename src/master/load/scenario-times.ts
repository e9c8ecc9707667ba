import type { ScenarioIdleTimes } from "../../analysis/idle-scenarios.ts";
import { commonIdleTimes, type IdleTime } from "../../core/plan/idle-times.ts";
import type { ResolvedScenario } from "../../scenario/resolve/resolve.ts";
import type { WorkerFacts } from "../workers/worker-state.ts";
import type { ControlledScenario } from "./scenario.ts";

/** The name of a scenario, and when all its iterations had started, in ms since the start of the run. */
export type DoneScenario = readonly [name: string, atMs: number];

/**
 * The times in which the scenarios of a run have no load: by their plans with all changes, and after all counted
 * iterations have started.
 */
export class ScenarioTimes {
  readonly #scenarios: readonly Pick<ResolvedScenario, "name" | "classes">[];
  readonly #graceMs: number;
  /** When all counted iterations of a scenario had started, by its name. */
  readonly #doneMs: Map<string, number>;

  /**
   * @param graceMs how long the last iterations of a scenario may take after its load has ended
   * @param done the counted scenarios of a resumed run whose iterations had all started, as `done` listed them
   */
  constructor(
    scenarios: readonly Pick<ResolvedScenario, "name" | "classes">[],
    graceMs: number,
    done: readonly DoneScenario[] = [],
  ) {
    this.#scenarios = scenarios;
    this.#graceMs = graceMs;
    this.#doneMs = new Map(done);
  }

  /** The counted scenarios whose iterations have all started. */
  get done(): DoneScenario[] {
    return [...this.#doneMs];
  }

  /**
   * Notes the counted scenarios whose iterations have all started, now that all workers have reported the second that
   * starts at `startMs`.
   */
  note(
    parts: readonly ControlledScenario[],
    workers: readonly { readonly state: Pick<WorkerFacts, "load"> }[],
    startMs: number,
  ): void {
    for (const [name, all] of Map.groupBy(parts, (part) => part.name)) {
      if (!this.#doneMs.has(name) && all.every((part) => isDone(part, workers))) this.#doneMs.set(name, startMs);
    }
  }

  /** Returns the times without load of each scenario. */
  idle(parts: readonly ControlledScenario[]): ScenarioIdleTimes[] {
    const byName = Map.groupBy(parts, ({ name }) => name);
    return this.#scenarios.map(({ name, classes }) => {
      const planned = commonIdleTimes((byName.get(name) ?? []).map(({ idle }) => idle));
      const idle = endedBy(planned, this.#doneMs.get(name) ?? Number.POSITIVE_INFINITY);
      return { scenario: name, classes: classes.map((one) => one.name), idle, graceMs: this.#graceMs };
    });
  }
}

function endedBy(idle: readonly IdleTime[], doneMs: number): IdleTime[] {
  const before = idle.filter(({ fromMs }) => fromMs < doneMs);
  return doneMs === Number.POSITIVE_INFINITY ? before : [...before, { fromMs: doneMs, toMs: Number.POSITIVE_INFINITY }];
}

/** Whether workers have started all iterations of a counted load; false for any other load, which ends by its plan. */
function isDone(part: ControlledScenario, workers: readonly { readonly state: Pick<WorkerFacts, "load"> }[]): boolean {
  if (part.plannedBefore(0, false) !== null) return false;
  const made = workers
    .flatMap(({ state }) => state.load)
    .reduce((sum, load) => sum + (part.ids.includes(load.scenario) ? load.made : 0), 0);
  return made >= (part.plannedBefore(0, true) ?? Number.POSITIVE_INFINITY);
}
