import { type ObservedDrift, observedDrifts } from "../../../src/analysis/drift/observed-drift.ts";
import type { WatchedMetric } from "../../../src/analysis/saturation/watched-metric.ts";
import { Random } from "../../../src/core/random.ts";
import { autoregressive, normal } from "../synthetic-noise.ts";

/** The course of a simulated metric. `progress` goes from 0 to 1 over the run. */
export interface ObservedSoak {
  readonly name: string;
  /** The name of the metric in the test. */
  readonly metric: string;
  readonly unit?: string;
  /** Whether it leaks. */
  readonly leaks: boolean;
  /** Whether the leak is so small that it is often not found. */
  readonly isAtLimit?: boolean;
  /** Draws the course of the metric without its noise. */
  readonly course: (random: Random) => (progress: number) => number;
  /** The standard deviation of the readings, as a share of the level; default 0.03. */
  readonly noise?: number;
  /** How long the noise lasts, as a share of the run; default 0.005. */
  readonly memory?: number;
  readonly isWhole?: boolean;
}

const megabyte = 1e6;
const between = (random: Random, low: number, high: number) => low + (high - low) * random.next();

/** A saw-tooth from 0 to 1 with teeth of about `period`, none like the other. */
function sawTooth(random: Random, period: number): (progress: number) => number {
  const drops: number[] = [-period * random.next()];
  while ((drops.at(-1) ?? 1) < 1) drops.push((drops.at(-1) ?? 0) + period * between(random, 0.7, 1.3));
  return (progress) => {
    const next = drops.findIndex((at) => at > progress);
    const [from, to] = [drops[next - 1] ?? 0, drops[next] ?? 1];
    return (progress - from) / (to - from);
  };
}

/** Levels that change by the time of day, the same each day. */
function daily(random: Random): (progress: number) => number {
  const days = 1 + random.integerBelow(3);
  const phase = random.next();
  const levels = [1, 1, 1.1, 1.4, 1.6, 1.5, 1.3, 1.1];
  return (progress) => levels[Math.floor(levels.length * ((days * progress + phase) % 1))] ?? 1;
}

const warming = (random: Random) => {
  const [size, time] = [between(random, 0.2, 2), between(random, 0.02, 0.25)];
  return (progress: number) => 1 + size * (1 - Math.exp(-progress / time));
};

/** Services that are healthy: nothing that they take is not given back. */
export const healthySoaks: readonly ObservedSoak[] = [
  {
    name: "a heap with a saw-tooth of collections",
    metric: "heap",
    unit: "bytes",
    leaks: false,
    course(random) {
      const [base, height] = [between(random, 50, 300) * megabyte, between(random, 0.2, 2)];
      const teeth = sawTooth(random, between(random, 0.01, 0.2));
      return (progress) => base * (1 + height * teeth(progress));
    },
  },
  {
    name: "a heap that is collected three to five times",
    metric: "heap",
    unit: "bytes",
    leaks: false,
    course(random) {
      const [base, height] = [between(random, 50, 300) * megabyte, between(random, 0.5, 2)];
      const teeth = sawTooth(random, between(random, 0.2, 0.28));
      return (progress) => base * (1 + height * teeth(progress));
    },
  },
  {
    name: "a cache that warms up and levels off",
    metric: "memory",
    unit: "bytes",
    leaks: false,
    course(random) {
      const curve = warming(random);
      return (progress) => 200 * megabyte * curve(progress);
    },
  },
  {
    name: "noise that lasts",
    metric: "memory",
    unit: "bytes",
    leaks: false,
    noise: 0.1,
    memory: 0.03,
    course: () => () => 200 * megabyte,
  },
  {
    name: "steps by the load of the day",
    metric: "connections",
    isWhole: true,
    leaks: false,
    course(random) {
      const levels = daily(random);
      return (progress) => 80 * levels(progress);
    },
  },
  {
    name: "what rises with the users of the ramp",
    metric: "sessions",
    isWhole: true,
    leaks: false,
    course: () => (progress) => 150 * Math.min(1, progress / rampShare),
  },
  {
    name: "a queue that is mostly empty",
    metric: "queue",
    isWhole: true,
    leaks: false,
    course(random) {
      const bursts = Array.from({ length: 12 }, () => random.next());
      return (progress) => (bursts.some((at) => progress >= at && progress < at + 0.004) ? 40 : 0.2);
    },
  },
  {
    name: "one step, as of a deployment",
    metric: "rss",
    unit: "bytes",
    leaks: false,
    course(random) {
      const [at, size] = [between(random, 0.1, 0.9), between(random, 0.1, 0.6)];
      return (progress) => 150 * megabyte * (progress < at ? 1 : 1 + size);
    },
  },
  {
    name: "a saw-tooth of a heap that warms up",
    metric: "heapUsed",
    unit: "bytes",
    leaks: false,
    course(random) {
      const [curve, teeth] = [warming(random), sawTooth(random, between(random, 0.01, 0.1))];
      return (progress) => 80 * megabyte * curve(progress) * (1 + 0.6 * teeth(progress));
    },
  },
  {
    name: "a counter of connections",
    metric: "connections",
    isWhole: true,
    leaks: false,
    noise: 0,
    course(random) {
      const perRun = between(random, 20_000, 1e6);
      return (progress) => perRun * progress;
    },
  },
  {
    name: "a season of the day",
    metric: "memory",
    unit: "bytes",
    leaks: false,
    course(random) {
      const [cycles, height, phase] = [between(random, 2, 8), between(random, 0.05, 0.3), random.next()];
      return (progress) => 200 * megabyte * (1 + height * Math.sin(2 * Math.PI * (cycles * progress + phase)));
    },
  },
];

const rising = (share: number) => () => (progress: number) => 200 * megabyte * (1 + share * progress);

export const leakingSoaks: readonly ObservedSoak[] = [
  ...[0.12, 0.2, 0.5, 2].map((share): ObservedSoak => {
    const name = `memory rises by ${share * 100} % over the run`;
    return { name, metric: "memory", unit: "bytes", leaks: true, isAtLimit: share < 0.2, course: rising(share) };
  }),
  {
    name: "memory rises by 50 %, noise of 10 % that lasts",
    metric: "memory",
    unit: "bytes",
    leaks: true,
    isAtLimit: true,
    noise: 0.1,
    memory: 0.02,
    course: rising(0.5),
  },
  {
    name: "a saw-tooth whose lower end rises by 60 %",
    metric: "heap",
    unit: "bytes",
    leaks: true,
    course(random) {
      const teeth = sawTooth(random, between(random, 0.01, 0.06));
      return (progress) => 100 * megabyte * (1 + 0.6 * progress + 0.8 * teeth(progress));
    },
  },
  {
    name: "connections: 40 more beside 80",
    metric: "connections",
    isWhole: true,
    leaks: true,
    noise: 0.05,
    course: () => (progress) => 80 + 40 * progress,
  },
  {
    name: "a queue that grows to 200",
    metric: "queue",
    isWhole: true,
    leaks: true,
    noise: 0.2,
    course: () => (progress) => 200 * progress,
  },
  {
    name: "free memory falls by a third",
    metric: "memory_free",
    unit: "bytes",
    leaks: true,
    course: () => (progress) => 900 * megabyte * (1 - progress / 3),
  },
];

/** The ramp is a twentieth of the run. */
const rampShare = 0.05;
const minute = 60_000;

/** The readings of a simulated soak: one each 5 s in an hour, each 30 s in a day. */
function readingsOf(soak: ObservedSoak, hours: number, seed: number): WatchedMetric {
  const random = new Random(seed, 1);
  const everyMs = hours > 8 ? 30_000 : 5_000;
  const length = Math.round((hours * 60 * minute) / everyMs);
  const { name: _, metric: name, unit = null, noise = 0.03, memory = 0.005, isWhole = false } = soak;
  const course = soak.course(random);
  const deviations = autoregressive(new Random(seed, 2), length, Math.exp(-1 / Math.max(1e-9, memory * length)));
  const samples = Array.from({ length }, (_, position) => {
    const level = course((position + 0.5) / length);
    // Readings differ for a moment, and for a while.
    const value = level * (1 + noise * (0.8 * (deviations[position] ?? 0) + 0.6 * normal(random)));
    const counted = isWhole ? Math.max(0, Math.round(value)) : value;
    return { atMs: Math.round((position + 0.5) * everyMs), value: counted };
  });
  return { name, unit, sampleName: null, isRate: false, leak: null, samples };
}

/** The verdict on a simulated soak that is looked at four times, as every soak. */
export function verdictOnObserved(soak: ObservedSoak, hours: number, seed: number): ObservedDrift {
  const rampEndMs = rampShare * hours * 60 * minute;
  const options = { rampEndMs, leastWarmUpMs: 2 * minute, checkpoints: 4 };
  const [drift] = observedDrifts([readingsOf(soak, hours, seed)], { includes: () => true }, options);
  if (drift === undefined) throw new Error("a metric has a verdict");
  return drift;
}

/** Whether a soak fails because of it. */
export function isCalledLeak({ isJudged, verdict }: ObservedDrift): boolean {
  return isJudged && verdict.kind === "drifting" && verdict.direction === "worse";
}
