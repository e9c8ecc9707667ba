import type { EndpointWindow } from "../../../src/analysis/drift/drift-recorder.ts";
import { endpointSeries } from "../../../src/analysis/drift/drift-recorder.ts";
import { growingPauses } from "../../../src/analysis/drift/drift-result.ts";
import type { DriftVerdict } from "../../../src/analysis/drift/drift-verdict.ts";
import { soakDrift } from "../../../src/analysis/drift/soak-drift.ts";
import { Random } from "../../../src/core/random.ts";
import { normal } from "../synthetic-noise.ts";
import { syntheticWindows } from "./synthetic-soak.ts";

/** A soak whose truth is known. `progress` goes from 0 to 1 over the run. */
export interface KnownSoak {
  readonly name: string;
  /** The right verdict; null for a soak in which nothing gets worse, so that nothing may be called drifting. */
  readonly right: "drifting" | "step" | "oscillating" | null;
  /** Whether the change is so small that it is often not found. */
  readonly isAtLimit?: boolean;
  /** The factor of the times. */
  readonly timeFactor?: (progress: number) => number;
  /** The share of failed requests. */
  readonly errorRate?: (progress: number) => number;
  /** The length of the pauses of the service, in ms, and how many there are. */
  readonly pauses?: { readonly count: number; readonly lengthMs: (progress: number) => number };
}

const decay = (progress: number) => 1 + 2 * Math.exp(-progress / 0.02);

export const knownSoaks: readonly KnownSoak[] = [
  { name: "nothing changes", right: null },
  { name: "a cache warms up: 3 times as slow at first", right: null, timeFactor: decay },
  { name: "40 pauses of 1 s, none longer than the others", right: null, pauses: { count: 40, lengthMs: () => 1_000 } },
  {
    name: "times rise by 10 % over the run",
    isAtLimit: true,
    right: "drifting",
    timeFactor: (progress) => 1 + 0.1 * progress,
  },
  { name: "times rise by 20 % over the run", right: "drifting", timeFactor: (progress) => 1 + 0.2 * progress },
  { name: "errors rise from 0 to 2 %", right: "drifting", errorRate: (progress) => 0.02 * progress },
  { name: "errors rise from 1 to 2 %", right: "drifting", errorRate: (progress) => 0.01 * (1 + progress) },
  {
    name: "errors rise in two steps: 0, 1, 2 %",
    right: "drifting",
    errorRate: (progress) => 0.01 * Math.floor(3 * progress),
  },
  {
    name: "12 pauses grow from 0.5 to 3 s",
    isAtLimit: true,
    right: "drifting",
    pauses: { count: 12, lengthMs: (progress) => 500 + 2_500 * progress },
  },
  {
    name: "40 pauses grow from 0.5 to 3 s",
    right: "drifting",
    pauses: { count: 40, lengthMs: (progress) => 500 + 2_500 * progress },
  },
  { name: "a step of 30 % in the middle", right: "step", timeFactor: (progress) => (progress < 0.5 ? 1 : 1.3) },
  {
    name: "two steps of 20 %, at a third and at two thirds",
    right: "drifting",
    timeFactor: (progress) => 1 + 0.2 * Math.floor(3 * progress),
  },
  {
    name: "two steps of 20 % in the first third, and none after that",
    right: "step",
    timeFactor: (progress) => 1 + 0.2 * Math.min(2, Math.floor(8 * progress)),
  },
  {
    name: "6 seasons of ±25 %",
    right: "oscillating",
    timeFactor: (progress) => 1 + 0.25 * Math.sin(12 * Math.PI * progress),
  },
];

/** As many windows as a screen has columns; the store keeps at most three times as many. */
const windowCount = 1_200;
const requestsPerSecond = 28;

/** The verdict on a simulated soak of so many hours. */
export function verdictOnSoak(soak: KnownSoak, hours: number, seed: number): DriftVerdict["kind"] {
  const windowMs = (hours * 3_600_000) / windowCount;
  const { timeFactor = () => 1, errorRate = () => 0.005, pauses } = soak;
  // Noise of one window averages out in longer ones, but for the part that lasts.
  const deviation = 0.1 / Math.sqrt(Math.max(1, hours / 4));
  const windows = syntheticWindows({ hours, windowMs, deviation, correlation: 0.6, factor: timeFactor }, seed);
  const random = new Random(seed, 9);
  const made = windows.map((window, position): EndpointWindow => {
    const progress = (position + 0.5) / windowCount;
    const requests = Math.round((requestsPerSecond * windowMs) / 1_000);
    const expected = requests * errorRate(progress);
    const failures = Math.max(0, Math.round(expected + Math.sqrt(expected) * normal(random)));
    const pauseMs = pauses !== undefined && isPaused(position, pauses.count) ? pauses.lengthMs(progress) : 0;
    return {
      ...window,
      requests,
      failures,
      maxMs: Math.max(window.maxMs * (1 + 0.1 * Math.abs(normal(random))), pauseMs),
    };
  });
  const options = { rampEndMs: 0, leastWarmUpMs: 120_000, checkpoints: 4 };
  const service = soakDrift(endpointSeries("total", made), options);
  return growingPauses(made, service, options).length > 0 ? "drifting" : service.kind;
}

function isPaused(position: number, count: number): boolean {
  const every = windowCount / count;
  return Math.floor((position + 1) / every) > Math.floor(position / every);
}
