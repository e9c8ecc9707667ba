import type { RunEvent } from "../../core/run.ts";
import type { ScenarioSpec } from "../../protocol/scenario-spec.ts";
import type { ShapeStatistics } from "../../scenario/definition/load.ts";
import type { ResolvedRun } from "../../scenario/resolve/resolve.ts";
import type { ControlLog, Operation, TimedOperation } from "./operation.ts";
import type { CompletedIterations, ControlledScenario } from "./scenario.ts";
import { slopeTo, spawnRateOf } from "./steepness.ts";
import { SteeredLoad, specsOf } from "./steered-load.ts";

/** An operation holds from so long after it was asked for, so that every worker has it by then. */
const leadMs = 100;

export interface LoadControlOptions {
  readonly resolved: ResolvedRun;
  /** The numbers of the workers that carry out the load. */
  readonly workers: readonly number[];
  /** Milliseconds since the start of the run. */
  readonly nowMs: () => number;
  readonly statistics: () => ShapeStatistics;
  readonly send: (worker: number, specs: ScenarioSpec[]) => void;
  /** Keeps what was done, for a master that has to take the load up again. */
  readonly record: (operation: TimedOperation) => void;
  /** Does `tell` at the end of this turn. */
  readonly defer: (tell: () => void) => void;
  /** Workers are about to be told what was recorded. */
  readonly beforeTelling: () => void;
  readonly note: (kind: RunEvent["kind"], text: string) => void;
}

/** The load of a run as it is steered: live changes and shape functions. Every change is an event of the run. */
export class LoadControl {
  readonly #options: LoadControlOptions;
  readonly #load: SteeredLoad;
  #isPaused = false;
  /** Scenarios that are different, of which the workers have not been told yet; null when there is none. */
  #untold: Set<ControlledScenario> | null = null;

  /** @param log what steered the load before this master was restarted */
  constructor(options: LoadControlOptions, log: ControlLog | null = null) {
    this.#options = options;
    this.#load = new SteeredLoad(options.resolved.scenarios, log?.workers ?? options.workers);
    // So that the first users of a shape are in what the workers start with.
    if (log === null) this.#askShapes(0, 0, (operation) => this.#perform(operation, 0));
    for (const { operation, atMs } of log?.operations ?? []) {
      this.#load.apply(operation, atMs);
      if (operation.kind === "pause") this.#isPaused = true;
      if (operation.kind === "resume") this.#isPaused = false;
    }
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The numbers of the workers that carry out the load now. */
  get workers(): readonly number[] {
    return this.#load.workers;
  }

  /** When the last scenario ends as things stand; Infinity when that is open. */
  get endMs(): number {
    return this.#load.endMs;
  }

  /** Iterations of open loads that were due before `atMs`, as the plan was steered. */
  dueBefore(atMs: number): number {
    return this.#load.dueBefore(atMs);
  }

  /** Everything that a worker has to know. */
  specsFor(worker: number): ScenarioSpec[] {
    return this.#load.specsFor(worker);
  }

  /** Virtual users that a worker has at the most, or had when it went; 0 for one that took no part. */
  userCountOf(worker: number): number {
    return this.#load.userCountOf(worker);
  }

  /**
   * To be called about once a second: asks the shape functions, and evens out what joins and leaves have left uneven.
   * @throws whatever a shape function throws.
   */
  tick(): void {
    const nowMs = this.#options.nowMs();
    this.#askShapes(nowMs, nowMs + leadMs, (operation) => this.#carryOut(operation));
    this.#carryOut({ kind: "settle" });
  }

  /**
   * Sets the users of a closed load: of the scenario named, else of the first that is one. Null for the spawn rate keeps
   * the plan's. False when there is none.
   */
  changeUsers(target: number, perSecond: number | null = null, name?: string): boolean {
    const users = Math.max(0, Math.round(target));
    const scenario = this.#first((one, atMs) => one.usersAt(atMs) !== null, name);
    if (scenario === null) return false;
    this.#carryOut({ kind: "users", scenario: scenario.name, target: users, perSecond: spawnRateOf(perSecond) });
    this.#options.note("users-changed", `users${this.#label(scenario)} set to ${users}`);
    return true;
  }

  /** The same, evenly within `overMs`; null is by the spawn rate of the plan. */
  rampUsers(target: number, overMs: number | null, name?: string): boolean {
    const users = Math.max(0, Math.round(target));
    const scenario = this.#first((one, atMs) => one.usersAt(atMs) !== null, name);
    const before = scenario?.usersAt(this.#options.nowMs() + leadMs) ?? null;
    const perSecond = overMs === null ? null : slopeTo(before, users, overMs);
    return this.changeUsers(users, perSecond, name);
  }

  /**
   * Sets the rate of an open load, per second, at once or evenly within `overMs`: of the scenario named, else of the first
   * that is one. False when there is none.
   */
  changeRate(target: number, name?: string, overMs = 0): boolean {
    const rate = Math.max(0, target);
    const scenario = this.#first((one, atMs) => one.rateAt(atMs) !== null, name);
    if (scenario === null) return false;
    const perSecond = slopeTo(scenario.rateAt(this.#options.nowMs() + leadMs), rate, overMs);
    const steepness = Number.isFinite(perSecond) ? { perSecond } : {};
    this.#carryOut({ kind: "rate", scenario: scenario.name, target: rate, ...steepness });
    this.#options.note("rate-changed", `arrival rate${this.#label(scenario)} set to ${rate}/s`);
    return true;
  }

  /** Adds to the users of the first closed load, or else to the rate of the first open one. False when there is neither. */
  changeBy(difference: number): boolean {
    if (this.#isSearched) return false;
    const atMs = this.#options.nowMs() + leadMs;
    for (const scenario of this.#load.scenarios) {
      const users = scenario.usersAt(atMs);
      if (users !== null) return this.changeUsers(users + difference, Number.POSITIVE_INFINITY, scenario.name);
      const rate = scenario.rateAt(atMs);
      if (rate !== null) return this.changeRate(rate + difference, scenario.name);
    }
    return false;
  }

  /**
   * No users, no arrivals and no further counted iterations until `resume`; plans and shape functions stand still
   * meanwhile. False when nothing can be paused.
   */
  pause(): boolean {
    // A search would take a pause for trouble.
    if (this.#isPaused || this.#isSearched) return false;
    this.#isPaused = this.#carryOut({ kind: "pause" }).length > 0;
    if (this.#isPaused) this.#options.note("paused", "the load was paused");
    return this.#isPaused;
  }

  /** The plan goes on where it stood; users come back by the spawn rate. */
  resume(): boolean {
    if (!this.#isPaused) return false;
    this.#isPaused = false;
    this.#carryOut({ kind: "resume" });
    this.#options.note("resumed", "the load was resumed");
    return true;
  }

  /** Iterations of counted loads that the worker was to complete, and has not. */
  leftOf(worker: number, completed: CompletedIterations): number {
    return this.#load.leftOf(worker, completed);
  }

  /** The next whole second from which on a change can hold: a search keeps to windows. */
  get nextSecondMs(): number {
    return Math.ceil((this.#options.nowMs() + leadMs) / 1_000) * 1_000;
  }

  /** What a search did, and what it does from `atMs` on. */
  search(operation: Omit<Extract<Operation, { kind: "search" }>, "kind">, atMs: number): void {
    this.#carryOut({ kind: "search", ...operation }, atMs);
  }

  /**
   * A worker has gone: the others take over its users, its part of the arrivals, and what it has not `completed` of
   * counted iterations. False when something could not be taken over, or nobody is left.
   */
  leave(worker: number, completed: CompletedIterations = new Map()): boolean {
    if (!this.workers.includes(worker)) return true;
    const atMs = this.#options.nowMs() + leadMs;
    const running = this.#load.all().filter((scenario) => scenario.endMs > atMs);
    const taken = this.#carryOut({ kind: "leave", worker, completed: [...completed] });
    return this.workers.length > 0 && running.every((scenario) => taken.includes(scenario));
  }

  /** A worker has come, or come back: it gets its share, with as few moves as possible. It has to be told everything. */
  join(worker: number): void {
    if (!this.workers.includes(worker)) this.#carryOut({ kind: "join", worker });
  }

  /** Carries out an operation and tells the workers; returns the scenarios that are different then. */
  #carryOut(operation: Operation, atMs = this.#options.nowMs() + leadMs): ControlledScenario[] {
    const changed = this.#perform(operation, atMs);
    if (this.#untold !== null) for (const scenario of changed) this.#untold.add(scenario);
    else if (changed.length > 0) {
      this.#untold = new Set(changed);
      this.#options.defer(() => this.#tell());
    }
    return changed;
  }

  #tell(): void {
    const changed = [...(this.#untold ?? [])];
    this.#untold = null;
    this.#options.beforeTelling();
    for (const worker of this.workers) {
      const specs = specsOf(changed, worker);
      if (specs.length > 0) this.#options.send(worker, specs);
    }
  }

  #perform(operation: Operation, atMs: number): ControlledScenario[] {
    const changed = this.#load.apply(operation, atMs);
    const isMembership = operation.kind === "leave" || operation.kind === "join";
    if (changed.length > 0 || isMembership || operation.kind === "search") this.#options.record({ atMs, operation });
    return changed;
  }

  #askShapes(nowMs: number, atMs: number, carryOut: (operation: Operation) => void): void {
    for (const shaped of this.#load.shaped) {
      const wasOpen = shaped.endMs > atMs;
      const answer = shaped.ask(nowMs, atMs, this.#options.statistics());
      if (answer === undefined) continue;
      carryOut({ kind: "shape", scenario: shaped.name, answer });
      if (wasOpen && answer === null) this.#options.note("shape-ended", "the shape function ended the load");
    }
  }

  #first(
    fits: (scenario: ControlledScenario, atMs: number) => boolean,
    name: string | undefined,
  ): ControlledScenario | null {
    if (this.#isSearched) return null;
    const atMs = this.#options.nowMs() + leadMs;
    const named = (one: ControlledScenario) => name === undefined || one.name === name;
    return this.#load.scenarios.find((one) => named(one) && fits(one, atMs)) ?? null;
  }

  /** A search steers the load, and nobody beside it. */
  get #isSearched(): boolean {
    return this.#options.resolved.search !== null;
  }

  /** Which one, where there are several. */
  #label({ name }: ControlledScenario): string {
    return this.#load.scenarios.length > 1 ? ` of ${name}` : "";
  }
}
