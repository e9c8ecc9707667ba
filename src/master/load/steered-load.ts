import type { ScenarioSpec } from "../../protocol/scenario-spec.ts";
import type { ResolvedScenario } from "../../scenario/resolve/resolve.ts";
import type { LoadProgress } from "../../stats/interval-report.ts";
import { ClosedScenario } from "./closed-scenario.ts";
import { IterationsScenario } from "./iterations-scenario.ts";
import { OpenScenario } from "./open-scenario.ts";
import type { Operation } from "./operation.ts";
import type { CompletedIterations, ControlledScenario, DueWork } from "./scenario.ts";
import { ShapedScenario } from "./shaped-scenario.ts";

/** All scenarios of a run. Its state is a pure function of the plan, the initial workers, and the operations so far. */
export class SteeredLoad {
  /** The closed, open and counted scenarios. */
  readonly scenarios: readonly ControlledScenario[];
  readonly shaped: readonly ShapedScenario[];
  #workers: readonly number[];
  #nextId = 0;
  readonly #usersOfGone = new Map<number, number>();

  constructor(scenarios: readonly ResolvedScenario[], workers: readonly number[]) {
    this.#workers = workers;
    const made = scenarios.map((scenario, position) => this.#create(scenario, position, scenarios.length));
    this.scenarios = made.flatMap((scenario) => (scenario instanceof ShapedScenario ? [] : scenario));
    this.shaped = made.filter((scenario) => scenario instanceof ShapedScenario);
  }

  get workers(): readonly number[] {
    return this.#workers;
  }

  /** When the last scenario ends by the current plans; Infinity if the end is open. */
  get endMs(): number {
    return Math.max(...[...this.scenarios, ...this.shaped].map((scenario) => scenario.endMs));
  }

  /** Returns the specifications that a worker needs. */
  specsFor(worker: number): ScenarioSpec[] {
    return specsOf(this.all(), worker);
  }

  /** Returns the peak number of virtual users of a worker, or the number when it left; 0 if it took no part. */
  userCountOf(worker: number): number {
    const before = this.#usersOfGone.get(worker);
    if (before !== undefined) return before;
    if (!this.#workers.includes(worker)) return 0;
    return this.all().reduce((sum, scenario) => sum + scenario.userCountOf(worker), 0);
  }

  /** Returns the work that a worker has at `atMs`. */
  dueOf(worker: number, atMs: number): DueWork {
    const due = this.#workers.includes(worker) ? this.all().map((scenario) => scenario.dueOf(worker, atMs)) : [];
    return {
      users: due.reduce((sum, { users }) => sum + users, 0),
      rate: due.reduce((sum, { rate }) => sum + rate, 0),
    };
  }

  all(): ControlledScenario[] {
    return [...this.scenarios, ...this.shaped.flatMap((shaped) => shaped.generations)];
  }

  /** Applies an operation that takes effect at `atMs`. Returns the scenarios that changed. */
  apply(operation: Operation, atMs: number): ControlledScenario[] {
    switch (operation.kind) {
      case "users": {
        const { target } = operation;
        const perSecond = spawnRateOf(operation.perSecond);
        return this.#named(operation.scenario).filter((one) => one.changeUsers(target, atMs, perSecond));
      }
      case "rate": {
        const { target, perSecond = Number.POSITIVE_INFINITY } = operation;
        return this.#named(operation.scenario).filter((one) => one.changeRate(target, atMs, perSecond));
      }
      case "pause":
        return [
          ...this.scenarios.filter((one) => one.pause(atMs)),
          ...this.shaped.flatMap((shaped) => shaped.pause(atMs)),
        ];
      case "resume":
        return [
          ...this.scenarios.filter((one) => one.resume(atMs)),
          ...this.shaped.flatMap((shaped) => shaped.resume(atMs)),
        ];
      case "leave":
        return this.#leave(operation.worker, atMs, new Map(operation.completed));
      case "join":
        return this.#join(operation.worker, atMs);
      case "retire":
        return this.#retire(operation.worker, atMs);
      case "pass-on":
        return this.#counted().filter((one) => one.passOn(operation.worker, atMs, new Map(operation.asked)));
      case "settle":
        return this.#running(atMs).filter((one) => one.settle(atMs));
      case "search":
        return this.#search(operation, atMs);
      case "shape":
        return this.shaped
          .filter(({ name }) => name === operation.scenario)
          .flatMap((one) => one.follow(operation.answer, atMs));
    }
  }

  /** Returns how many iterations of counted loads the worker was assigned and has not completed. */
  leftOf(worker: number, completed: CompletedIterations): number {
    return this.#counted().reduce((sum, one) => sum + one.leftOf(worker, completed), 0);
  }

  #search({ scenario, step }: Extract<Operation, { kind: "search" }>, atMs: number): ControlledScenario[] {
    const named = this.#named(scenario);
    if (step.kind === "end") return [];
    if (step.kind !== "users")
      return named.filter((one) => one.changeRate(step.ratePerSecond, atMs, Number.POSITIVE_INFINITY));
    const perSecond = step.spawnRate ?? Number.POSITIVE_INFINITY;
    return named.filter((one) => one.changeUsers(step.users, atMs, perSecond));
  }

  #leave(worker: number, atMs: number, completed: CompletedIterations): ControlledScenario[] {
    this.#usersOfGone.set(worker, this.userCountOf(worker));
    for (const shaped of this.shaped) shaped.forget(worker);
    this.#workers = this.#workers.filter((other) => other !== worker);
    return this.#running(atMs).filter((scenario) => scenario.leave(worker, atMs, completed));
  }

  /** Hands over what it can, and replaces the array of workers, so that a comparison by identity shows a change. */
  #retire(worker: number, atMs: number): ControlledScenario[] {
    if (!this.#usersOfGone.has(worker)) this.#usersOfGone.set(worker, this.userCountOf(worker));
    for (const shaped of this.shaped) shaped.retire(worker);
    this.#workers = [...this.#workers];
    return this.#running(atMs).filter((scenario) => scenario.retire(worker, atMs));
  }

  #join(worker: number, atMs: number): ControlledScenario[] {
    this.#usersOfGone.delete(worker);
    for (const shaped of this.shaped) shaped.admit(worker);
    this.#workers = [...this.#workers, worker];
    const running = this.#running(atMs);
    for (const scenario of running) scenario.join(worker, atMs);
    return running;
  }

  /**
   * Returns the parts of counted loads in which a worker has given up iterations, with the number it has to complete
   * there, by its reports.
   */
  givenUpBy(worker: number, load: readonly LoadProgress[]): [id: number, asked: number][] {
    return this.#counted().flatMap((one) => one.givenUpBy(worker, load));
  }

  #counted(): IterationsScenario[] {
    return this.scenarios.filter((one) => one instanceof IterationsScenario);
  }

  #running(atMs: number): ControlledScenario[] {
    return this.all().filter((scenario) => scenario.endMs > atMs);
  }

  #named(name: string): ControlledScenario[] {
    return this.scenarios.filter((scenario) => scenario.name === name);
  }

  #create({ name, load, classes }: ResolvedScenario, indexOffset: number, indexStep: number) {
    const workers = this.#workers;
    const place = { id: this.#nextId++, indexOffset, indexStep };
    switch (load.kind) {
      case "closed":
        return new ClosedScenario(name, place, load.plan, classes, workers);
      case "open":
        return new OpenScenario(name, place, load, classes, workers);
      case "iterations":
        return new IterationsScenario(name, place, load, classes, workers, () => this.#nextId++);
      case "shape":
        return new ShapedScenario(name, place, load, classes, workers, () => this.#nextId++);
    }
  }
}

/** Converts a spawn rate from JSON; null means the spawn rate of the plan. */
function spawnRateOf(perSecond: Extract<Operation, { kind: "users" }>["perSecond"]): number | null {
  if (perSecond === "plan") return null;
  return perSecond === "at-once" ? Number.POSITIVE_INFINITY : perSecond;
}

/** Returns the specifications of the scenarios in which the worker has a part. */
export function specsOf(scenarios: readonly ControlledScenario[], worker: number): ScenarioSpec[] {
  return scenarios.flatMap((scenario) => scenario.specFor(worker) ?? []);
}
