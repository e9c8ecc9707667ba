import { commonIdleTimes, type IdleTime } from "../core/plan/idle-times.ts";
import { meets, type Selector } from "../core/thresholds/selector.ts";

/**
 * The times in which a scenario has no load, while other scenarios may have load: by its plan, with the changes that
 * people made.
 */
export interface ScenarioIdleTimes {
  readonly scenario: string;
  /** The names of its user classes. */
  readonly classes: readonly string[];
  /** The times without load, in order. */
  readonly idle: readonly IdleTime[];
  /** The time that the last iterations of the scenario may take after its load has ended, in ms. */
  readonly graceMs: number;
}

const secondMs = 1_000;

/** The scenarios that can contribute to what a selector matches, by its conditions on the scenario and the class. */
export function contributorsOf<Scenario extends Pick<ScenarioIdleTimes, "scenario" | "classes">>(
  { conditions }: Selector,
  scenarios: readonly Scenario[],
): Scenario[] {
  return scenarios.filter(({ scenario, classes }) =>
    conditions.every((condition) => {
      if (condition.tag === "scenario") return meets(condition, scenario);
      return condition.tag !== "class" || classes.some((name) => meets(condition, name));
    }),
  );
}

/** Whether there is a time in [fromMs, toMs) in which none of the scenarios has load, or has just begun again. */
export function areAllIdle(scenarios: readonly ScenarioIdleTimes[], fromMs: number, toMs: number): boolean {
  if (scenarios.length === 0) return false;
  const common = commonIdleTimes(scenarios.map(({ idle }) => idle.map(withFirstSecond)));
  return common.some((time) => time.fromMs < toMs && fromMs < time.toMs);
}

/** Extends a time without load by one second, the one in which the load begins again. */
export function withFirstSecond({ fromMs, toMs }: IdleTime): IdleTime {
  return { fromMs, toMs: toMs + secondMs };
}

/** The times in which something was counted, as stretches without a break: windows that touch or overlap are merged. */
export class CountedTimes {
  /** The stretches in order, without overlap. */
  #stretches: { fromMs: number; toMs: number }[] = [];
  #othersToMs = 0;

  /** Records that something else was done until `toMs`. */
  addOthers(toMs: number): void {
    this.#othersToMs = Math.max(this.#othersToMs, toMs);
  }

  add(fromMs: number, toMs: number): void {
    const last = this.#stretches.at(-1);
    if (last !== undefined && fromMs >= last.fromMs && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else if (last === undefined || fromMs > last.toMs) this.#stretches.push({ fromMs, toMs });
    else this.#merge({ fromMs, toMs });
  }

  /** Whether anything was counted in [fromMs, toMs). */
  hasIn(fromMs: number, toMs: number): boolean {
    const at = this.#stretches.findLastIndex((one) => one.fromMs < toMs);
    return at >= 0 && (this.#stretches[at]?.toMs ?? 0) > fromMs;
  }

  /** Whether something else was done after `ms`. */
  hasOthersAfter(ms: number): boolean {
    return this.#othersToMs > ms;
  }

  #merge(one: { fromMs: number; toMs: number }): void {
    const touched = this.#stretches.filter((other) => other.fromMs <= one.toMs && one.fromMs <= other.toMs);
    const merged = {
      fromMs: Math.min(one.fromMs, ...touched.map(({ fromMs }) => fromMs)),
      toMs: Math.max(one.toMs, ...touched.map(({ toMs }) => toMs)),
    };
    const others = this.#stretches.filter((other) => !touched.includes(other));
    const position = others.findLastIndex((other) => other.fromMs < merged.fromMs) + 1;
    this.#stretches = others.toSpliced(position, 0, merged);
  }
}
