import type { Random } from "../../../src/core/random.ts";

export interface SimulatedAnswer {
  /** When the answer comes, in ms since the start of the run. */
  readonly atMs: number;
  readonly status: number;
}

/** Answers a request that comes at a time; requests come in the order of time. */
export type SimulatedService = (atMs: number) => SimulatedAnswer;

/** A service whose capacity is known. */
export interface KnownService {
  readonly name: string;
  readonly create: (random: Random) => SimulatedService;
  /** The rate up to which the targets hold for ever, per second. */
  readonly capacityPerSecond: number;
  /** The rate with the highest throughput per p95, at most the capacity. */
  readonly kneePerSecond: number;
}

/** First come, first served, by `servers` in parallel. */
class Queue {
  readonly #freeMs: number[];

  constructor(servers: number) {
    this.#freeMs = new Array<number>(servers).fill(0);
  }

  get isBusyAt(): (atMs: number) => boolean {
    return (atMs) => this.#freeMs.every((freeMs) => freeMs > atMs);
  }

  serve(atMs: number, serviceMs: number): number {
    let first = 0;
    for (let other = 1; other < this.#freeMs.length; other++) {
      if ((this.#freeMs[other] as number) < (this.#freeMs[first] as number)) first = other;
    }
    const doneMs = Math.max(atMs, this.#freeMs[first] as number) + serviceMs;
    this.#freeMs[first] = doneMs;
    return doneMs;
  }
}

const servers = 4;

/** A queue of four servers whose service times are exponential, and whose capacity changes over time. */
function queued(capacityAt: (atMs: number, isBusy: boolean) => number) {
  return (random: Random): SimulatedService => {
    const queue = new Queue(servers);
    return (atMs) => {
      const meanMs = (servers * 1_000) / capacityAt(atMs, queue.isBusyAt(atMs));
      return { atMs: queue.serve(atMs, -meanMs * Math.log(1 - random.next())), status: 200 };
    };
  };
}

/** A token bucket: what exceeds it is refused at once. */
function limited(perSecond: number, burst: number, latencyMs: number) {
  return (): SimulatedService => {
    let [tokens, filledMs] = [burst, 0];
    return (atMs) => {
      tokens = Math.min(burst, tokens + ((atMs - filledMs) / 1_000) * perSecond);
      filledMs = atMs;
      if (tokens < 1) return { atMs: atMs + 1, status: 429 };
      tokens--;
      return { atMs: atMs + latencyMs, status: 200 };
    };
  };
}

/** So many requests in each second of the clock; the rest is refused at once. */
function fixedWindow(perSecond: number, latencyMs: number) {
  return (): SimulatedService => {
    let [second, left] = [-1, 0];
    return (atMs) => {
      if (Math.floor(atMs / 1_000) !== second) [second, left] = [Math.floor(atMs / 1_000), perSecond];
      if (left < 1) return { atMs: atMs + 1, status: 429 };
      left--;
      return { atMs: atMs + latencyMs, status: 200 };
    };
  };
}

/** One step more each time that it was busy for `afterMs`, as long as there are steps. */
function scaling(steps: readonly number[], afterMs: number) {
  return (random: Random): SimulatedService => {
    let [step, busySinceMs] = [0, Number.POSITIVE_INFINITY];
    return queued((atMs, isBusy) => {
      if (!isBusy) busySinceMs = Number.POSITIVE_INFINITY;
      else busySinceMs = Math.min(busySinceMs, atMs);
      if (atMs - busySinceMs > afterMs && step < steps.length - 1) {
        step++;
        busySinceMs = Number.POSITIVE_INFINITY;
      }
      return steps[step] as number;
    })(random);
  };
}

/** Twice as slow at first, and as fast as it gets after some minutes: a cache that fills, code that is compiled. */
const warming = (atMs: number) => 200 / (1 + Math.exp(-atMs / 60_000));
const flipping = (periodMs: number) => (atMs: number) => (Math.floor(atMs / periodMs) % 2 === 0 ? 200 : 100);

/** The targets of all searches here. */
export const searchTargets = { p95Ms: 400, errorRate: 0.01 } as const;

/**
 * The truth of each is what `npm run simulate:searches` computes: the highest rate that meets the targets, and the one
 * with the highest throughput per p95, from 20 minutes at each rate after the service has warmed up and scaled out.
 */
export const knownServices: readonly KnownService[] = [
  { name: "rate limiter, 60/s (429)", create: limited(60, 6, 200), capacityPerSecond: 60, kneePerSecond: 60 },
  {
    name: "fixed window, 60 each second (429)",
    create: fixedWindow(60, 200),
    capacityPerSecond: 60,
    kneePerSecond: 60,
  },
  { name: "M/M/4 queue, 200/s", create: queued(() => 200), capacityPerSecond: 192, kneePerSecond: 157 },
  {
    name: "capacity flips, 200 and 100/s, each 20 s",
    create: queued(flipping(20_000)),
    capacityPerSecond: 97,
    kneePerSecond: 75,
  },
  {
    name: "capacity flips, 200 and 100/s, each 2 min",
    create: queued(flipping(120_000)),
    capacityPerSecond: 96,
    kneePerSecond: 78,
  },
  { name: "warms up from 100 to 200/s in 4 min", create: queued(warming), capacityPerSecond: 192, kneePerSecond: 157 },
  {
    name: "scales 100, 200, 300/s, 8 s each",
    create: scaling([100, 200, 300], 8_000),
    capacityPerSecond: 289,
    kneePerSecond: 233,
  },
  {
    name: "scales 100, 200, 300/s, 40 s each",
    create: scaling([100, 200, 300], 40_000),
    capacityPerSecond: 289,
    kneePerSecond: 233,
  },
];
