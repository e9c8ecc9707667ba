import type { SearchStep } from "../../../src/analysis/capacity/next-step.ts";
import type { Drain, SearchEvent, Trial, TrialMeasurement } from "../../../src/analysis/capacity/trial.ts";
import { judgeTrial } from "../../../src/analysis/capacity/trial-judge.ts";
import { Random } from "../../../src/core/random.ts";
import { normal } from "../synthetic-noise.ts";

export interface SyntheticService {
  /** The capacity in requests per second. */
  readonly capacity: number;
  /** The behaviour above the capacity: queue and serve as many, queue and serve fewer, or reject at once. */
  readonly overload: "plateau" | "collapse" | "error-cliff";
  /** The chance that a trial that would pass fails because of a hiccup of the service. */
  readonly hiccups: number;
  /** Above this rate the generator spoils every trial. */
  readonly generatorLimit: number;
  /** The chance that the generator spoils a trial. */
  readonly sickness: number;
}

export const steadyService: SyntheticService = {
  capacity: 400,
  overload: "plateau",
  hiccups: 0,
  generatorLimit: Number.POSITIVE_INFINITY,
  sickness: 0,
};

const baseMs = 60;
const targetMs = 500;

/** Simulates service, load generator and clock for a search. */
export class SyntheticRun {
  readonly history: SearchEvent[] = [];
  elapsedMs = 0;
  readonly #service: SyntheticService;
  readonly #random: Random;
  #backlog = 0;

  constructor(service: SyntheticService, seed: number) {
    this.#service = service;
    this.#random = new Random(seed, 0);
  }

  carryOut(step: Exclude<SearchStep, { kind: "end" }>): void {
    this.history.push(step.kind === "drain" ? this.#drain(step) : this.#trial(step));
  }

  #drain({ ratePerSecond, untilP95Ms, capMs }: Extract<SearchStep, { kind: "drain" }>): Drain {
    const { capacity } = this.#service;
    const allowedMs = Math.max(0, (untilP95Ms ?? targetMs) - baseMs * 1.1);
    const excess = this.#backlog - (allowedMs / 1_000) * capacity;
    const spare = capacity - ratePerSecond;
    const neededMs = excess <= 0 ? 0 : spare <= 0 ? Number.POSITIVE_INFINITY : (excess / spare) * 1_000;
    const tookMs = Math.min(capMs, 2_000 + neededMs);
    this.#backlog = Math.max(0, this.#backlog - (spare * tookMs) / 1_000);
    const startMs = this.elapsedMs;
    this.elapsedMs += tookMs;
    return { kind: "drain", startMs, ratePerSecond, tookMs, drained: tookMs < capMs };
  }

  #trial({ purpose, ratePerSecond, settleMs, measureMs }: Extract<SearchStep, { kind: "trial" }>): Trial {
    const times = { startMs: this.elapsedMs, settleMs, measureMs };
    this.elapsedMs += settleMs + measureMs;
    const measurement = this.#measure(ratePerSecond, settleMs / 1_000, measureMs / 1_000);
    const outcome = judgeTrial(measurement, ratePerSecond);
    return { kind: "trial", ...times, purpose, ratePerSecond, outcome, measurement };
  }

  #measure(rate: number, settleSeconds: number, seconds: number): TrialMeasurement {
    const { overload, capacity, hiccups, sickness, generatorLimit } = this.#service;
    const excess = rate / capacity - 1;
    const refuses = overload === "error-cliff";
    const served = overload === "collapse" && excess > 0 ? capacity * Math.max(0.3, 1 - 2 * excess) : capacity;
    const growth = refuses ? Math.min(0, served - rate) : rate - served;
    const backlogAt = (second: number) => Math.max(0, this.#backlog + growth * second);
    const inFlight = Array.from({ length: Math.max(4, Math.round(seconds)) }, (_, i) => {
      const at = settleSeconds + (seconds * i) / Math.max(4, Math.round(seconds));
      const busy = (Math.min(rate, served) * baseMs) / 1_000;
      return { at, value: Math.round(backlogAt(at) + busy + Math.sqrt(busy) * normal(this.#random)) };
    });
    const end = backlogAt(settleSeconds + seconds);
    const waitMs = (end / served) * 1_000;
    this.#backlog = end;
    const hiccup = this.#random.next() < hiccups ? 10 : 1;
    const p95Ms = (baseMs * (1 + 0.3 * Math.min(1, rate / capacity) ** 4) * hiccup + waitMs) * this.#noise(0.05);
    const errorRate = refuses ? Math.max(0, excess) / (1 + Math.max(0, excess)) : 0;
    const done = end > 0 ? Math.min(rate, served) : rate;
    const sick = rate > generatorLimit || this.#random.next() < sickness;
    return {
      offered: Math.round(rate * seconds),
      achieved: Math.round(done * seconds),
      dropped: 0,
      succeededPerSecond: done * (1 - errorRate) * this.#noise(0.01),
      errorRate,
      p95Ms,
      p99Ms: p95Ms * 1.5 * this.#noise(0.1),
      targets: [
        { name: `p95 < ${targetMs} ms`, held: p95Ms < targetMs },
        { name: "error rate < 1 %", held: errorRate < 0.01 },
      ],
      inFlight,
      sickness: sick ? "worker 1 was CPU-bound" : null,
    };
  }

  #noise(deviation: number): number {
    return Math.exp(deviation * normal(this.#random));
  }
}
