import { capacityReport } from "../../../src/analysis/capacity/capacity-report.ts";
import type { CapacityResult } from "../../../src/analysis/capacity/capacity-result.ts";
import { nextStep } from "../../../src/analysis/capacity/next-step.ts";
import type { SearchEvent } from "../../../src/analysis/capacity/trial.ts";
import type { Saturation } from "../../../src/analysis/saturation/saturation.ts";
import { searchSaturation } from "../../../src/analysis/saturation/search-saturation.ts";
import type { WatchedMetric } from "../../../src/analysis/saturation/watched-metric.ts";
import { Random } from "../../../src/core/random.ts";
import { SyntheticRun, steadyService } from "../capacity/synthetic-service.ts";
import { autoregressive, normal } from "../synthetic-noise.ts";

/** What is observed of a service under a rate that changes. */
type ServiceMetric = (service: ServedLoad, random: Random) => (atMs: number, rate: number) => number;

export interface ServedLoad {
  readonly capacity: number;
  readonly endMs: number;
}

/** Metrics that say what saturated. */
export const saturating: Readonly<Record<string, ServiceMetric>> = {
  /** Waiting requests: what a queue of one server has on average, and what has come in excess. */
  queue({ capacity }, random) {
    let backlog = 0;
    let lastMs = 0;
    return (atMs, rate) => {
      backlog = Math.max(0, backlog + ((rate - capacity) * (atMs - lastMs)) / 1_000);
      lastMs = atMs;
      const used = Math.min(0.97, rate / capacity);
      return Math.max(0, Math.round(backlog + ((used * used) / (1 - used)) * Math.exp(0.3 * normal(random))));
    };
  },
  cpu:
    ({ capacity }, random) =>
    (_, rate) =>
      Math.min(1, 0.08 + 0.92 * Math.min(1, rate / capacity)) + 0.008 * normal(random),
  idle:
    ({ capacity }, random) =>
    (_, rate) =>
      Math.round(Math.max(0, 100 * (1 - rate / capacity)) + Math.abs(normal(random)) / 2),
};

/** Metrics that have nothing to do with the break. */
export const harmless: Readonly<Record<string, ServiceMetric>> = {
  /** Warms up, and stays. */
  memory: ({ endMs }, random) => {
    const time = (0.05 + 0.2 * random.next()) * endMs;
    return (atMs) => 2e8 * (2 - Math.exp(-atMs / time)) * (1 + 0.01 * normal(random));
  },
  /** A leak, which has nothing to do with the load. */
  leak:
    ({ endMs }, random) =>
    (atMs) =>
      1e8 * (1 + atMs / endMs) * (1 + 0.01 * normal(random)),
  network: (_, random) => (_atMs, rate) => 3_000 + 900 * rate * (1 + 0.03 * normal(random)),
  disk: (_, random) => () => 40 * Math.exp(0.2 * normal(random)),
  /** Noise that lasts as long as a few trials. */
  neighbour: ({ endMs }, random) => {
    const slow = autoregressive(random, 1_000, 0.97);
    return (atMs) => 0.3 * (1 + 0.2 * (slow[Math.min(999, Math.floor((1_000 * atMs) / endMs))] ?? 0));
  },
  workers: () => () => 8,
};

/** The readings of a metric each 5 s over a search. */
function readingsOfSearch(
  history: readonly SearchEvent[],
  { name, metric, capacity, seed }: { name: string; metric: ServiceMetric; capacity: number; seed: number },
): WatchedMetric {
  const steps = history.map((event) => ({ startMs: event.startMs, rate: event.ratePerSecond, endMs: endOf(event) }));
  const endMs = steps.at(-1)?.endMs ?? 0;
  const valueAt = metric({ capacity, endMs }, new Random(seed, 11));
  const samples = [];
  for (let atMs = 500; atMs < endMs; atMs += 500) {
    const rate = steps.find((step) => atMs < step.endMs)?.rate ?? 0;
    const value = valueAt(atMs, rate);
    if (atMs % 5_000 === 0) samples.push({ atMs, value });
  }
  return { name, unit: null, sampleName: null, isRate: false, leak: null, samples };
}

function endOf(event: SearchEvent): number {
  return event.kind === "drain" ? event.startMs + event.tookMs : event.startMs + event.settleMs + event.measureMs;
}

interface Searched {
  readonly run: SyntheticRun;
  readonly capacity: number;
  readonly result: CapacityResult;
  readonly seed: number;
}

/** A search of a service whose capacity and first rate are drawn. */
export function searched(seed: number): Searched {
  const random = new Random(seed, 5);
  const capacity = Math.round(100 * 10 ** random.next());
  const overload = (["plateau", "collapse"] as const)[random.integerBelow(2)] ?? "plateau";
  const run = new SyntheticRun({ ...steadyService, capacity, overload }, seed);
  const startPerSecond = Math.round(capacity * (0.1 + 0.4 * random.next()));
  const settings = { startPerSecond, maxPerSecond: 1e5, tailPercentile: 95 };
  for (;;) {
    const step = nextStep(settings, run.history, run.elapsedMs);
    if (step.kind === "end") {
      const facts = { kind: "arrivals", reason: step.reason, targets: [], atLeastPerSecond: null } as const;
      return { run, capacity, seed, result: { ...facts, ...capacityReport(run.history, step.reason) } };
    }
    run.carryOut(step);
  }
}

function observe({ run, capacity, seed }: Searched, metrics: Readonly<Record<string, ServiceMetric>>): WatchedMetric[] {
  return Object.entries(metrics).map(([name, metric]) =>
    readingsOfSearch(run.history, { name, metric, capacity, seed }),
  );
}

/** What is said to have saturated in a search of which these metrics are observed. */
export function saturationIn(search: Searched, metrics: Readonly<Record<string, ServiceMetric>>): Saturation {
  const found = searchSaturation(observe(search, metrics), search.result, search.run.history);
  if (found === null) throw new Error("no trial failed");
  return found;
}
