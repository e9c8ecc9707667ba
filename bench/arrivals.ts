import { type ArrivalSource, EvenArrivals, PoissonArrivals } from "../src/core/arrivals/arrival-source.ts";
import { type Plan, stagesPlan } from "../src/core/plan/plan.ts";
import { Random } from "../src/core/random.ts";
import { nanosPerCall } from "./recorder.ts";

export interface ArrivalFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const calls = 500_000;
const constant: Plan = { points: [{ atMs: 0, value: 50_000 }], durationMs: 24 * 3_600_000 };
const hundredStages = stagesPlan({
  stages: Array.from({ length: 100 }, (_, index) => ({
    durationMs: 1_000,
    target: 1_000 * (1 + ((index * 37) % 100)),
  })),
});

/** Nanoseconds for a worker, one of 4, to move on to its next iteration. */
export function run(): ArrivalFigure[] {
  const share = { worker: 1, workerCount: 4 };
  const even = (plan: Plan) => () => new EvenArrivals({ plan, ...share });
  const poisson = (plan: Plan) => () => new PoissonArrivals({ plan, ...share }, new Random(1, 1));
  return [
    { name: "even arrival, constant rate", value: nanosPerArrival(even(constant)), unit: "ns" },
    { name: "even arrival, 100 stages", value: nanosPerArrival(even(hundredStages)), unit: "ns" },
    { name: "Poisson arrival, constant rate", value: nanosPerArrival(poisson(constant)), unit: "ns" },
    { name: "Poisson arrival, 100 stages", value: nanosPerArrival(poisson(hundredStages)), unit: "ns" },
  ];
}

function nanosPerArrival(begin: () => ArrivalSource): number {
  return nanosPerCall(calls, () => {
    const source = begin();
    for (let i = 0; i < calls; i++) {
      if (!source.advance()) throw new Error(`the plan has fewer than ${calls} iterations`);
    }
  });
}

if (import.meta.main) console.table(run());
