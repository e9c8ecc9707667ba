import { defaultStallMs, type HealthSample } from "../../stats/health-sample.ts";

/** Timers of a healthy process are late by no more than this. */
const harmlessDelayMs = 20;

/** A part of a run in which the event loop of one worker was late. */
export interface DelayedTime {
  readonly worker: number | string;
  readonly fromMs: number;
  readonly toMs: number;
  /** The length of the stall; 0 if it was too short to count as one. */
  readonly stalledMs: number;
  /** The delay of its timers (p99). */
  readonly delayMs: number;
}

/** The delay of the load generator in a part of a run, which the measurements may include. */
export interface GeneratorDelay {
  /** The stalled time of the worker that stalled for longest. */
  readonly stalledMs: number;
  /** The median timer delay of the worker with the latest timers; 0 if no worker was late for half of the time. */
  readonly delayMs: number;
}

export const noDelay: GeneratorDelay = { stalledMs: 0, delayMs: 0 };

/** Returns the delay of a worker in one sample of its health; null if its event loop was not late. */
export function delayIn(
  worker: number | string,
  { atMs, widthMs, loopDelayMaxMs, loopDelayP99Ms }: HealthSample,
  stallLimitMs = defaultStallMs,
): DelayedTime | null {
  const stalledMs = loopDelayMaxMs >= stallLimitMs ? loopDelayMaxMs : 0;
  const delayMs = loopDelayP99Ms > harmlessDelayMs ? loopDelayP99Ms : 0;
  if (stalledMs + delayMs === 0) return null;
  return { worker, fromMs: atMs, toMs: atMs + widthMs, stalledMs, delayMs };
}

/** Returns the delays of workers by their samples. */
export function delaysOf(
  workers: Iterable<{ readonly name: string; readonly samples: readonly HealthSample[] }>,
  stallLimitMs = defaultStallMs,
): DelayedTime[] {
  return [...workers].flatMap(({ name, samples }) =>
    samples.flatMap((sample) => delayIn(name, sample, stallLimitMs) ?? []),
  );
}

/**
 * Sums up the delays in [fromMs, toMs). A stall also counts for as long after it as it lasted: the delayed work is made
 * up for in that time.
 */
export function delayWithin(delays: readonly DelayedTime[], fromMs: number, toMs: number): GeneratorDelay {
  let [stalledMs, delayMs] = [0, 0];
  const inside = delays.filter((one) => one.fromMs < toMs && fromMs < one.toMs + one.stalledMs);
  for (const some of Map.groupBy(inside, ({ worker }) => worker).values()) {
    const stood = some.reduce((sum, one) => sum + one.stalledMs, 0);
    stalledMs = Math.max(stalledMs, Math.min(stood, toMs - fromMs));
    const late = some.filter((one) => one.delayMs > 0);
    const lateMs = late.reduce((sum, one) => sum + Math.min(one.toMs, toMs) - Math.max(one.fromMs, fromMs), 0);
    if (2 * lateMs < toMs - fromMs) continue;
    const sorted = late.map((one) => one.delayMs).sort((a, b) => a - b);
    delayMs = Math.max(delayMs, sorted[Math.floor(sorted.length / 2)] ?? 0);
  }
  return { stalledMs, delayMs };
}

const notKnown = ": it is not known whether the service met its targets";

/** Describes why a failed threshold does not show that the service failed. */
export function describeDelay({ stalledMs, delayMs }: GeneratorDelay): string {
  const how = stalledMs > 0 ? `stalled for ${seconds(stalledMs)}` : `was late by ${Math.round(delayMs)} ms`;
  return `the load generator ${how}${notKnown}`;
}

/** Whether a reason of a verdict comes from `describeDelay`. */
export function isDelayReason(reason: string): boolean {
  return reason.endsWith(notKnown);
}

function seconds(ms: number): string {
  return `${Number((ms / 1_000).toPrecision(2))} s`;
}
