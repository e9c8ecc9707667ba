import type { Plan } from "../../core/plan/plan.ts";
import { endedAt, rampTo } from "../../core/plan/plan-edit.ts";
import type { ClassShare } from "../../core/population/class-sequence.ts";
import type { ShapeStatistics, ShapeTarget } from "../../scenario/definition/load.ts";
import { type ResolvedClass, unknownName } from "../../scenario/resolve/resolve-classes.ts";
import type { ResolvedShape } from "../../scenario/resolve/resolve-load.ts";
import { ClosedScenario } from "./closed-scenario.ts";
import type { ScenarioPlace } from "./scenario.ts";

/** How much of its past a plan keeps. */
const keptMs = 10_000;
/** A slower change than this is ignored, because it is only a rounding difference. */
const sameUsers = 1e-6;

/**
 * A closed load whose plan is extended by a function, second by second. Each answer changes the plan from that moment
 * on, so the next answer can change a slow ramp again. When the classes change, the current users stop while the users
 * of a new generation start, both at the spawn rate of the answer.
 */
export class ShapedScenario {
  readonly name: string;
  readonly #load: ResolvedShape;
  readonly #classes: readonly ResolvedClass[];
  #workers: readonly number[];
  readonly #newId: () => number;
  readonly #generations: ClosedScenario[] = [];
  #place: ScenarioPlace;
  #shares: string;
  #target = 0;
  #ended = false;
  #pausedSinceMs: number | null = null;
  /** The total length of earlier pauses, in ms. */
  #pausedMs = 0;

  constructor(
    name: string,
    place: ScenarioPlace,
    load: ResolvedShape,
    classes: readonly ResolvedClass[],
    workers: readonly number[],
    newId: () => number,
  ) {
    this.name = name;
    this.#place = place;
    this.#load = load;
    this.#classes = classes;
    this.#workers = workers;
    this.#newId = newId;
    this.#shares = JSON.stringify(sharesOf(classes, undefined));
    this.#addGeneration(classes);
  }

  get endMs(): number {
    return Math.max(...this.#generations.map((generation) => generation.endMs));
  }

  /** Removes a worker that has left: later generations do not use it. */
  forget(worker: number): void {
    this.#workers = this.#workers.filter((other) => other !== worker);
  }

  /** Removes a worker that starts no new iterations, unless no other could take the users of later generations. */
  retire(worker: number): void {
    if (this.#workers.some((other) => other !== worker)) this.forget(worker);
  }

  /** Adds a worker that has joined: later generations use it, too. */
  admit(worker: number): void {
    this.#workers = [...this.#workers, worker];
  }

  get generations(): readonly ClosedScenario[] {
    return this.#generations;
  }

  /**
   * Calls the function for the users from `atMs` on. Returns its answer: null ends the load, undefined leaves it
   * unchanged.
   * @throws what the function throws
   */
  ask(nowMs: number, atMs: number, statistics: ShapeStatistics): ShapeTarget | null | undefined {
    const { startMs, endMs, shape } = this.#load;
    if (this.#ended || this.#pausedSinceMs !== null || atMs - this.#pausedMs < startMs) return undefined;
    if (nowMs - this.#pausedMs >= endMs) return null;
    return shape(Math.max(0, nowMs - this.#pausedMs - startMs) / 1_000, statistics);
  }

  /**
   * Applies the answer of the function. Returns the generations that changed; none if nothing changes.
   * @throws ConfigurationError when the answer names an unknown class.
   */
  follow(answer: ShapeTarget | null, atMs: number): ClosedScenario[] {
    return answer === null ? this.#end(atMs) : this.#steer(answer, atMs);
  }

  /**
   * Stops all users and does not call the function until `resume`. The time of the function stands still. Returns the
   * generations that changed.
   */
  pause(atMs: number): ClosedScenario[] {
    if (this.#ended || this.#pausedSinceMs !== null) return [];
    this.#pausedSinceMs = atMs;
    return this.#generations.filter((generation) => generation.endMs > atMs && generation.pause(atMs));
  }

  resume(atMs: number): ClosedScenario[] {
    if (this.#pausedSinceMs === null) return [];
    this.#pausedMs += atMs - this.#pausedSinceMs;
    this.#pausedSinceMs = null;
    return this.#generations.filter((generation) => generation.resume(atMs));
  }

  #steer({ users, spawnRate, classes }: ShapeTarget, atMs: number): ClosedScenario[] {
    const latest = this.#latest();
    const changed: ClosedScenario[] = [];
    const shares = sharesOf(this.#classes, classes);
    const key = JSON.stringify(shares);
    if (key !== this.#shares) {
      this.#shares = key;
      // When these users have stopped, no worker has any work left from that generation.
      latest.replan((plan) => endedAtLastPoint(rampTo(plan, atMs, 0, spawnRate)), spawnRate);
      changed.push(latest);
      this.#addGeneration(shares);
      this.#target = 0;
    }
    const current = this.#latest();
    const settled = Math.abs((current.usersAt(atMs) ?? 0) - users) < sameUsers;
    if (this.#target === users && settled && changed.length === 0) return [];
    this.#target = users;
    // Drop the distant past. Workers whose clocks are behind still need the recent past.
    current.forget(Math.max(0, atMs - keptMs));
    current.replan((plan) => rampTo(plan, atMs, users, spawnRate), spawnRate);
    return [...changed, current];
  }

  #end(atMs: number): ClosedScenario[] {
    this.#ended = true;
    for (const generation of this.#generations) generation.replan((plan) => endedAt(plan, atMs));
    return [...this.#generations];
  }

  #latest(): ClosedScenario {
    const latest = this.#generations.at(-1);
    if (latest === undefined) throw new RangeError("a shaped scenario has at least one generation");
    return latest;
  }

  /** Starts a new generation. Its user numbers continue where those of the previous generation ended. */
  #addGeneration(shares: readonly ClassShare[]): void {
    const before = this.#generations.at(-1);
    if (before !== undefined) {
      const indexOffset = before.place.indexOffset + before.peakUsers * before.place.indexStep;
      this.#place = { id: this.#newId(), indexOffset, indexStep: before.place.indexStep };
    }
    const plan = { points: [], durationMs: this.#load.endMs + this.#pausedMs };
    this.#generations.push(new ClosedScenario(this.name, this.#place, plan, shares, this.#workers));
  }
}

function endedAtLastPoint(plan: Plan): Plan {
  const last = plan.points.at(-1);
  return last === undefined ? plan : endedAt(plan, last.atMs);
}

/** Returns the shares of all classes; `asked` replaces the weights of the scenario. */
function sharesOf(
  classes: readonly ResolvedClass[],
  asked: Readonly<Record<string, number>> | undefined,
): ClassShare[] {
  if (asked === undefined) return classes.map(({ name: _, ...share }) => share);
  const known = classes.map(({ name }) => name);
  for (const name of Object.keys(asked)) if (!known.includes(name)) throw unknownName("user class", name, known);
  return known.map((name) => ({ weight: asked[name] ?? 0 }));
}
