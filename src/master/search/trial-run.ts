import { TrialMeter } from "../../analysis/capacity/measure-trial.ts";
import type { AnySearchStep } from "../../analysis/capacity/search.ts";
import type { Trial, TrialMeasurement, TrialOutcome, TrialTimes, UserTrial } from "../../analysis/capacity/trial.ts";
import { judgeTrial, judgeUserTrial } from "../../analysis/capacity/trial-judge.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import type { Window } from "../../stats/windows.ts";

type TrialStep = Extract<AnySearchStep, { kind: "trial" | "users" }>;

const secondMs = 1_000;
/** The shortest measurement in which a growing backlog can be detected. */
const leastMeasuredMs = 3_000;
/** A trial is invalid if a smaller share of its users ran. */
const leastUsers = 0.98;

/** One trial in progress. It settles and is measured for whole seconds, because windows are whole seconds. */
export class TrialRun {
  readonly #step: TrialStep;
  readonly #times: TrialTimes;
  readonly #targets: readonly Threshold[];
  readonly #meter: TrialMeter;
  #spoiltBy: string | null = null;

  constructor(step: TrialStep, startMs: number, targets: readonly Threshold[]) {
    this.#step = step;
    this.#targets = targets;
    const settleMs = Math.ceil(step.settleMs / secondMs) * secondMs;
    const measureMs = Math.max(leastMeasuredMs, Math.ceil(step.measureMs / secondMs) * secondMs);
    this.#times = { startMs, settleMs, measureMs };
    this.#meter = new TrialMeter(this.#times);
  }

  /** When the measurement begins. */
  get fromMs(): number {
    return this.#times.startMs + this.#times.settleMs;
  }

  get toMs(): number {
    return this.fromMs + this.#times.measureMs;
  }

  /** Makes the trial invalid for the given reason. The first reason counts. */
  spoil(reason: string): void {
    this.#spoiltBy ??= reason;
  }

  add(window: Window): void {
    this.#meter.add(window, this.#ratePerSecond);
  }

  /**
   * @param generatorProblemOf returns why the workers cannot be trusted, given the p95 of the trial; null if they can
   */
  event(generatorProblemOf: (p95Ms: number) => string | null): Trial | UserTrial {
    const step = this.#step;
    const load = { ratePerSecond: this.#ratePerSecond, targets: this.#targets };
    const problemOf = (p95Ms: number) => this.#spoiltBy ?? this.#tooFewUsers() ?? generatorProblemOf(p95Ms);
    const measurement = this.#meter.measurement(load, problemOf);
    const kept = { ...this.#times, measurement: withoutSeries(measurement) };
    const outcomeOfAccident = this.#spoiltBy === null ? null : voided(this.#spoiltBy);
    if (step.kind === "users") {
      return { kind: "users", users: step.users, outcome: outcomeOfAccident ?? judgeUserTrial(measurement), ...kept };
    }
    const { purpose, ratePerSecond } = step;
    const outcome = outcomeOfAccident ?? judgeTrial(measurement, ratePerSecond);
    return { kind: "trial", purpose, ratePerSecond, outcome, ...kept };
  }

  describe(elapsedMs: number): string {
    const step = this.#step;
    const load = step.kind === "users" ? `${step.users} users` : `${step.ratePerSecond}/s`;
    if (elapsedMs < this.fromMs) return `${load}, settling`;
    const passedSeconds = Math.floor(Math.min(elapsedMs - this.fromMs, this.#times.measureMs) / secondMs);
    return `${load}, measured for ${passedSeconds} of ${this.#times.measureMs / secondMs} s`;
  }

  /**
   * Returns that fewer users ran than the trial needs, as text; null if enough did. A lost worker may not have been
   * replaced, or users may not have started.
   */
  #tooFewUsers(): string | null {
    if (this.#step.kind !== "users") return null;
    const { peakUsers } = this.#meter;
    const { users } = this.#step;
    return peakUsers >= leastUsers * users ? null : `only ${peakUsers} of ${users} users ran`;
  }

  get #ratePerSecond(): number | null {
    return this.#step.kind === "users" ? null : this.#step.ratePerSecond;
  }
}

function voided(reason: string): TrialOutcome {
  return { kind: "invalid", reason, isVoid: true };
}

/** Removes the data that was only needed to judge the trial. */
function withoutSeries({ inFlight: _, ...figures }: TrialMeasurement): Omit<TrialMeasurement, "inFlight"> {
  return figures;
}
