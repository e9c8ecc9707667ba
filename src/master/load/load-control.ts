import type { Steering } from "../../core/plan/steering.ts";
import type { ScenarioSpec } from "../../protocol/scenario-spec.ts";
import type { ShapeStatistics } from "../../scenario/definition/load.ts";
import type { ResolvedRun } from "../../scenario/resolve/resolve.ts";
import type { LoadProgress } from "../../stats/interval-report.ts";
import { type ControlAnswer, changed, refusal } from "../control-answer.ts";
import type { Journal } from "../record/journal.ts";
import { type ControlLog, type Operation, slopeTo, spawnRateOf } from "./operation.ts";
import type { CompletedIterations, ControlledScenario, DueWork } from "./scenario.ts";
import { SteeredLoad, specsOf } from "./steered-load.ts";

/** An operation takes effect this long after it was requested, so that it reaches every worker in time. */
const leadMs = 100;

/** The progress of each worker in each scenario, by its last report. */
export type WorkersProgress = readonly (readonly [worker: number, load: readonly LoadProgress[]])[];

export interface LoadControlOptions {
  readonly resolved: ResolvedRun;
  /** The numbers of the workers that the load starts with. */
  readonly starters: readonly number[];
  /** The time of the run. */
  readonly timeline: { readonly elapsedMs: number };
  readonly statistics: () => ShapeStatistics;
  readonly journal: Pick<Journal, "note" | "record" | "commit">;
  readonly workers: { find(number: number): { update(scenarios: ScenarioSpec[]): void } | undefined };
  /**
   * Calls `tell` at the end of this turn, so that the loss of many workers results in one commit and one message to
   * each remaining worker.
   */
  readonly defer?: (tell: () => void) => void;
}

/** Controls the load of a run: applies live changes and shape functions. Every live change is an event of the run. */
export class LoadControl {
  readonly #options: LoadControlOptions;
  readonly #load: SteeredLoad;
  readonly #steering: Steering[] = [];
  #isPaused = false;
  /** Changed scenarios that were not sent to the workers yet; null if there are none. */
  #untold: Set<ControlledScenario> | null = null;

  /** @param log the operations before this master was restarted */
  constructor(options: LoadControlOptions, log: ControlLog | null = null) {
    this.#options = options;
    this.#load = new SteeredLoad(options.resolved.scenarios, log?.workers ?? options.starters);
    // Ask the shapes now, so that the specification that workers start with includes the first users of a shape.
    if (log === null) this.#askShapes(0, 0, (operation) => this.#perform(operation, 0));
    for (const { operation, atMs } of log?.operations ?? []) {
      this.#load.apply(operation, atMs);
      this.#noteSteering(operation, atMs);
      if (operation.kind === "pause") this.#isPaused = true;
      if (operation.kind === "resume") this.#isPaused = false;
    }
  }

  get #nowMs(): number {
    return this.#options.timeline.elapsedMs;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The changes that people made to the load so far, in order. */
  get steering(): readonly Steering[] {
    return this.#steering;
  }

  /** The numbers of the workers that carry out the load now. */
  get workers(): readonly number[] {
    return this.#load.workers;
  }

  /** The end of the last scenario as planned so far; Infinity if it has none. */
  get endMs(): number {
    return this.#load.endMs;
  }

  /** All scenarios, including those that are over. A shape has one more for each change of its classes. */
  get scenarios(): readonly ControlledScenario[] {
    return this.#load.all();
  }

  /** Returns the specifications that a worker needs. */
  specsFor(worker: number): ScenarioSpec[] {
    return this.#load.specsFor(worker);
  }

  /** Returns the peak number of virtual users of a worker, or the number when it left; 0 if it took no part. */
  userCountOf(worker: number): number {
    return this.#load.userCountOf(worker);
  }

  /** Returns the work that a worker has now. */
  dueOf(worker: number): DueWork {
    return this.#load.dueOf(worker, this.#nowMs);
  }

  /**
   * Call it about once a second. Calls the shape functions, balances the shares of the workers after changes, and
   * assigns the iterations that workers gave up, by their reports, to the workers that joined.
   * @throws what a shape function throws
   */
  tick(progress: WorkersProgress = []): void {
    const nowMs = this.#nowMs;
    for (const [worker, load] of progress) {
      const asked = this.#load.givenUpBy(worker, load);
      if (asked.length > 0) this.#carryOut({ kind: "pass-on", worker, asked });
    }
    this.#askShapes(nowMs, nowMs + leadMs, (operation) => this.#carryOut(operation));
    this.#carryOut({ kind: "settle" });
  }

  /**
   * Sets the users of a closed load: those of the named scenario, or else of the first closed one.
   * @param perSecond the spawn rate; null is the spawn rate of the plan
   */
  changeUsers(target: number, perSecond: number | null = null, name?: string): ControlAnswer<"no-such-load"> {
    const users = Math.max(0, Math.round(target));
    const scenario = this.#first((one, atMs) => one.usersAt(atMs) !== null, name);
    if (scenario === null) return refusal("no-such-load");
    this.#carryOut({ kind: "users", scenario: scenario.name, target: users, perSecond: spawnRateOf(perSecond) });
    this.#options.journal.note("users-changed", `users${this.#label(scenario)} set to ${users}`);
    return changed;
  }

  /** Sets the users as `changeUsers` does, but evenly within `overMs`. Null means at the spawn rate of the plan. */
  rampUsers(target: number, overMs: number | null, name?: string): ControlAnswer<"no-such-load"> {
    const users = Math.max(0, Math.round(target));
    const scenario = this.#first((one, atMs) => one.usersAt(atMs) !== null, name);
    const before = scenario?.usersAt(this.#nowMs + leadMs) ?? null;
    const perSecond = overMs === null ? null : slopeTo(before, users, overMs);
    return this.changeUsers(users, perSecond, name);
  }

  /**
   * Sets the rate of an open load, per second, at once or evenly within `overMs`: the rate of the named scenario, or
   * else of the first open one.
   */
  changeRate(target: number, name?: string, overMs = 0): ControlAnswer<"no-such-load"> {
    const rate = Math.max(0, target);
    const scenario = this.#first((one, atMs) => one.rateAt(atMs) !== null, name);
    if (scenario === null) return refusal("no-such-load");
    const perSecond = slopeTo(scenario.rateAt(this.#nowMs + leadMs), rate, overMs);
    const steepness = Number.isFinite(perSecond) ? { perSecond } : {};
    this.#carryOut({ kind: "rate", scenario: scenario.name, target: rate, ...steepness });
    this.#options.journal.note("rate-changed", `arrival rate${this.#label(scenario)} set to ${rate}/s`);
    return changed;
  }

  /** Adds to the users of the first closed load or the rate of the first open load, whichever scenario comes first. */
  changeBy(difference: number): ControlAnswer<"no-such-load"> {
    if (this.#isSearched) return refusal("no-such-load");
    const atMs = this.#nowMs + leadMs;
    for (const scenario of this.#load.scenarios) {
      const users = scenario.usersAt(atMs);
      if (users !== null) return this.changeUsers(users + difference, Number.POSITIVE_INFINITY, scenario.name);
      const rate = scenario.rateAt(atMs);
      if (rate !== null) return this.changeRate(rate + difference, scenario.name);
    }
    return refusal("no-such-load");
  }

  /**
   * Pauses the load: no users run, no iterations arrive and no counted iterations start until `resume`. Plans and shape
   * functions do not advance meanwhile. A search cannot be paused: it would mistake the pause for a failure of the
   * service.
   */
  pause(): ControlAnswer<"not-pausable"> {
    if (this.#isPaused) return changed;
    if (this.#isSearched || this.#carryOut({ kind: "pause" }).length === 0) return refusal("not-pausable");
    this.#isPaused = true;
    this.#options.journal.note("paused", "the load was paused");
    return changed;
  }

  /** Resumes the plan where it was paused; users start again at the spawn rate. */
  resume(): ControlAnswer<"not-paused"> {
    if (!this.#isPaused) return refusal("not-paused");
    this.#isPaused = false;
    this.#carryOut({ kind: "resume" });
    this.#options.journal.note("resumed", "the load was resumed");
    return changed;
  }

  /**
   * Whether workers are about to get work: a change was not sent yet, or iterations that were given up are not assigned
   * yet.
   */
  isPassingOn(progress: WorkersProgress): boolean {
    return this.#untold !== null || progress.some(([worker, load]) => this.#load.givenUpBy(worker, load).length > 0);
  }

  /** Returns how many iterations of counted loads the worker was assigned and has not completed. */
  leftOf(worker: number, completed: CompletedIterations): number {
    return this.#load.leftOf(worker, completed);
  }

  /** The next whole second at which a change can take effect. A search changes the load only between windows. */
  get nextSecondMs(): number {
    return Math.ceil((this.#nowMs + leadMs) / 1_000) * 1_000;
  }

  /** Records what a search has done, and carries out its next step from `atMs` on. */
  search(operation: Omit<Extract<Operation, { kind: "search" }>, "kind">, atMs: number): void {
    this.#carryOut({ kind: "search", ...operation }, atMs);
  }

  /**
   * Hands over the work of a worker that has left: the others take over its users, its part of the arrivals, and the
   * counted iterations that it has not `completed`. Returns false if something could not be taken over, or no worker is
   * left.
   */
  leave(worker: number, completed: CompletedIterations = new Map()): boolean {
    if (!this.workers.includes(worker)) return true;
    const atMs = this.#nowMs + leadMs;
    const running = this.#load.all().filter((scenario) => scenario.endMs > atMs);
    const taken = this.#carryOut({ kind: "leave", worker, completed: [...completed] });
    return this.workers.length > 0 && running.every((scenario) => taken.includes(scenario));
  }

  /** Hands over the users and arrivals of a worker that starts no new iterations, but has not left yet. */
  retire(worker: number): void {
    if (this.workers.includes(worker)) this.#carryOut({ kind: "retire", worker });
  }

  /**
   * Gives a worker that has joined or returned its share, with as few moves as possible. The caller sends it all
   * specifications.
   */
  join(worker: number): void {
    if (!this.workers.includes(worker)) this.#carryOut({ kind: "join", worker });
  }

  /** Carries out an operation and sends the changes to the workers. Returns the scenarios that changed. */
  #carryOut(operation: Operation, atMs = this.#nowMs + leadMs): ControlledScenario[] {
    const changed = this.#perform(operation, atMs);
    if (this.#untold !== null) for (const scenario of changed) this.#untold.add(scenario);
    else if (changed.length > 0) {
      this.#untold = new Set(changed);
      (this.#options.defer ?? setImmediate)(() => this.#tell());
    }
    return changed;
  }

  #tell(): void {
    const changed = [...(this.#untold ?? [])];
    this.#untold = null;
    this.#options.journal.commit();
    for (const worker of this.workers) {
      const specs = specsOf(changed, worker);
      if (specs.length > 0) this.#options.workers.find(worker)?.update(specs);
    }
  }

  #perform(operation: Operation, atMs: number): ControlledScenario[] {
    const changed = this.#load.apply(operation, atMs);
    const isMembership = operation.kind === "leave" || operation.kind === "join" || operation.kind === "retire";
    if (changed.length > 0 || isMembership || operation.kind === "search")
      this.#options.journal.record({ atMs, operation });
    if (changed.length > 0) this.#noteSteering(operation, atMs);
    return changed;
  }

  #noteSteering(operation: Operation, atMs: number): void {
    const { kind } = operation;
    if (kind === "pause" || kind === "resume") this.#steering.push({ atMs, kind });
    if (kind !== "users" && kind !== "rate") return;
    this.#steering.push({ atMs, ...operation });
  }

  #askShapes(nowMs: number, atMs: number, carryOut: (operation: Operation) => void): void {
    for (const shaped of this.#load.shaped) {
      const wasOpen = shaped.endMs > atMs;
      const answer = shaped.ask(nowMs, atMs, this.#options.statistics());
      if (answer === undefined) continue;
      carryOut({ kind: "shape", scenario: shaped.name, answer });
      if (wasOpen && answer === null) this.#options.journal.note("shape-ended", "the shape function ended the load");
    }
  }

  #first(
    fits: (scenario: ControlledScenario, atMs: number) => boolean,
    name: string | undefined,
  ): ControlledScenario | null {
    if (this.#isSearched) return null;
    const atMs = this.#nowMs + leadMs;
    const named = (one: ControlledScenario) => name === undefined || one.name === name;
    return this.#load.scenarios.find((one) => named(one) && fits(one, atMs)) ?? null;
  }

  /** Whether a search controls the load; then no other changes are allowed. */
  get #isSearched(): boolean {
    return this.#options.resolved.search !== null;
  }

  /** Returns the name of the scenario for messages; empty if there is only one scenario. */
  #label({ name }: ControlledScenario): string {
    return this.#load.scenarios.length > 1 ? ` of ${name}` : "";
  }
}
