import type { ScenarioSpec } from "../protocol/scenario-spec.ts";
import type { ShapeStatistics } from "../scenario/load.ts";
import type { ResolvedRun, ResolvedScenario } from "../scenario/resolve.ts";
import type { RunEvent } from "./run-event.ts";
import { ClosedScenario } from "./scenarios/closed-scenario.ts";
import type { ControlledScenario } from "./scenarios/controlled-scenario.ts";
import { IterationsScenario } from "./scenarios/iterations-scenario.ts";
import { OpenScenario } from "./scenarios/open-scenario.ts";
import { ShapedScenario } from "./scenarios/shaped-scenario.ts";

/** An edit holds from so long after it was asked for, so that every worker has it by then. */
const leadMs = 100;

export interface LoadControlOptions {
  readonly resolved: ResolvedRun;
  /** The numbers of the workers that carry out the load. */
  readonly workers: readonly number[];
  /** Milliseconds since the start of the run. */
  readonly nowMs: () => number;
  readonly statistics: () => ShapeStatistics;
  readonly send: (worker: number, specs: ScenarioSpec[]) => void;
}

/** The load of a run as it is steered: live changes and shape functions. Every change is an event of the run. */
export class LoadControl {
  readonly events: RunEvent[] = [];
  readonly #options: LoadControlOptions;
  readonly #scenarios: ControlledScenario[] = [];
  readonly #shaped: ShapedScenario[] = [];
  #nextId = 0;
  #isPaused = false;
  #workers: readonly number[];
  readonly #usersOfGone = new Map<number, number>();

  constructor(options: LoadControlOptions) {
    this.#options = options;
    this.#workers = options.workers;
    const { scenarios } = options.resolved;
    scenarios.forEach((scenario, position) => {
      this.#add(scenario, position, scenarios.length);
    });
    // So that the first users of a shape are in the first specification.
    for (const shaped of this.#shaped) shaped.tick(0, 0, options.statistics());
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** When the last scenario ends as things stand; Infinity when that is open. */
  get endMs(): number {
    return Math.max(...[...this.#scenarios, ...this.#shaped].map((scenario) => scenario.endMs));
  }

  /** Everything that a worker has to know at the start. */
  specsFor(worker: number): ScenarioSpec[] {
    return specsOf(this.#all(), worker);
  }

  /** Virtual users that a worker has at the most, or had when it went; 0 for one that took no part. */
  userCountOf(worker: number): number {
    const before = this.#usersOfGone.get(worker);
    if (before !== undefined) return before;
    if (!this.#workers.includes(worker)) return 0;
    return this.#all().reduce((sum, scenario) => sum + scenario.userCountOf(worker), 0);
  }

  /**
   * To be called about once a second: asks the shape functions.
   * @throws whatever a shape function throws.
   */
  tick(): void {
    const nowMs = this.#options.nowMs();
    for (const shaped of this.#shaped) {
      const wasOpen = shaped.endMs > nowMs + leadMs;
      const changes = shaped.tick(nowMs, nowMs + leadMs, this.#options.statistics());
      if (changes.length === 0) continue;
      for (const worker of this.#workers)
        this.#options.send(
          worker,
          changes.map((spec) => spec(worker)),
        );
      if (wasOpen && shaped.endMs <= nowMs + leadMs) this.#event("shape-ended", "the shape function ended the load");
    }
  }

  /**
   * Sets the users of a closed load: of the scenario named, else of the first that is one. Null for the spawn rate keeps
   * the plan's. False when there is none.
   */
  changeUsers(target: number, perSecond: number | null = null, name?: string): boolean {
    const users = Math.max(0, Math.round(target));
    const scenario = this.#first((one, atMs) => one.usersAt(atMs) !== null, name);
    if (scenario === null) return false;
    this.#change([scenario], (one, atMs) => one.changeUsers(users, atMs, perSecond));
    this.#event("users-changed", `users${this.#label(scenario)} set to ${users}`);
    return true;
  }

  /** Sets the rate of an open load, per second: of the scenario named, else of the first that is one. False when there is none. */
  changeRate(target: number, name?: string): boolean {
    const rate = Math.max(0, target);
    const scenario = this.#first((one, atMs) => one.rateAt(atMs) !== null, name);
    if (scenario === null) return false;
    this.#change([scenario], (one, atMs) => one.changeRate(rate, atMs));
    this.#event("rate-changed", `arrival rate${this.#label(scenario)} set to ${rate}/s`);
    return true;
  }

  /** Adds to the users of the first closed load, or else to the rate of the first open one. False when there is neither. */
  changeBy(difference: number): boolean {
    const atMs = this.#options.nowMs() + leadMs;
    for (const scenario of this.#scenarios) {
      const users = scenario.usersAt(atMs);
      if (users !== null) return this.changeUsers(users + difference, Number.POSITIVE_INFINITY, scenario.name);
      const rate = scenario.rateAt(atMs);
      if (rate !== null) return this.changeRate(rate + difference, scenario.name);
    }
    return false;
  }

  /**
   * No users and no arrivals of closed and open loads until `resume`; their plans stand still meanwhile. Shapes and
   * counted iterations go on. False when nothing can be paused.
   */
  pause(): boolean {
    if (this.#isPaused) return false;
    this.#isPaused = this.#change(this.#scenarios, (scenario, atMs) => scenario.pause(atMs));
    if (this.#isPaused) this.#event("paused", `the load was paused${this.#goingOn()}`);
    return this.#isPaused;
  }

  /** The plan goes on where it stood; users come back by the spawn rate. */
  resume(): boolean {
    if (!this.#isPaused) return false;
    this.#isPaused = false;
    this.#change(this.#scenarios, (scenario, atMs) => {
      return scenario.resume(atMs);
    });
    this.#event("resumed", "the load was resumed");
    return true;
  }

  /**
   * A worker has gone: the others take over its users and its part of the arrivals. False when something could not be
   * taken over, or nobody is left.
   */
  leave(worker: number): boolean {
    this.#usersOfGone.set(worker, this.userCountOf(worker));
    for (const shaped of this.#shaped) shaped.forget(worker);
    this.#workers = this.#workers.filter((other) => other !== worker);
    if (this.#workers.length === 0) return false;
    const atMs = this.#options.nowMs() + leadMs;
    const running = this.#all().filter((scenario) => scenario.endMs > atMs);
    const taken = running.filter((scenario) => scenario.leave(worker, atMs));
    for (const other of this.#workers) this.#options.send(other, specsOf(taken, other));
    return taken.length === running.length;
  }

  note(kind: RunEvent["kind"], text: string): void {
    this.#event(kind, text);
  }

  /** Edits those scenarios that `edit` can, and tells the workers. False when there is none. */
  #change(
    scenarios: readonly ControlledScenario[],
    edit: (scenario: ControlledScenario, atMs: number) => boolean,
  ): boolean {
    const atMs = this.#options.nowMs() + leadMs;
    const changed = scenarios.filter((scenario) => edit(scenario, atMs));
    if (changed.length === 0) return false;
    for (const worker of this.#workers) {
      const specs = specsOf(changed, worker);
      if (specs.length > 0) this.#options.send(worker, specs);
    }
    return true;
  }

  #first(
    fits: (scenario: ControlledScenario, atMs: number) => boolean,
    name: string | undefined,
  ): ControlledScenario | null {
    const atMs = this.#options.nowMs() + leadMs;
    const named = (one: ControlledScenario) => name === undefined || one.name === name;
    return this.#scenarios.find((one) => named(one) && fits(one, atMs)) ?? null;
  }

  /** Shapes and counted iterations cannot be paused. */
  #goingOn(): string {
    const others = this.#scenarios.filter((one) => one.usersAt(0) === null && one.rateAt(0) === null);
    const names = [...others, ...this.#shaped].map(({ name }) => name);
    return names.length === 0 ? "" : `, but not ${names.join(" and ")}`;
  }

  /** Which one, where there are several. */
  #label({ name }: ControlledScenario): string {
    return this.#scenarios.length > 1 ? ` of ${name}` : "";
  }

  #all(): ControlledScenario[] {
    return [...this.#scenarios, ...this.#shaped.flatMap((shaped) => shaped.generations)];
  }

  #add({ name, load, classes }: ResolvedScenario, indexOffset: number, indexStep: number): void {
    const workers = this.#workers;
    const place = { id: this.#nextId++, indexOffset, indexStep };
    switch (load.kind) {
      case "closed":
        this.#scenarios.push(new ClosedScenario(name, place, load.plan, classes, workers));
        return;
      case "open":
        this.#scenarios.push(new OpenScenario(name, place, load, classes, workers));
        return;
      case "iterations":
        this.#scenarios.push(new IterationsScenario(name, place, load, classes, workers));
        return;
      case "shape":
        this.#shaped.push(new ShapedScenario(name, place, load, classes, workers, () => this.#nextId++));
        return;
    }
  }

  #event(kind: RunEvent["kind"], text: string): void {
    this.events.push({ atMs: Math.max(0, Math.round(this.#options.nowMs())), kind, text });
  }
}

function specsOf(scenarios: readonly ControlledScenario[], worker: number): ScenarioSpec[] {
  return scenarios.flatMap((scenario) => scenario.specFor(worker) ?? []);
}
