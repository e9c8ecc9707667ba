import { defaultStallMs, type HealthSample } from "../../stats/health-sample.ts";

/** Timers of a healthy process are late by no more than this. */
const harmlessDelayMs = 20;

/** A part of a run in which the event loop of one worker was late. */
export interface DelayedTime {
  readonly worker: number | string;
  readonly fromMs: number;
  readonly toMs: number;
  /** How long it stood still; 0 if that was too short to count as a stall. */
  readonly stalledMs: number;
  /** How late its timers were (p99). */
  readonly delayMs: number;
}

/** How much of the measurements of a part of a run may be the delay of the load generator. */
export interface GeneratorDelay {
  /** How long the worker that stood still for longest did. */
  readonly stalledMs: number;
  /** How late the worker with the latest timers was in most of the time; 0 if no worker was late for most of it. */
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

/** Sums up the delays in [fromMs, toMs). What a stall delays is made up for within as long a time after it. */
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

const notKnown = ": whether the service met its targets is not known";

/** Says why a threshold that failed is not the service's failure. */
export function describeDelay({ stalledMs, delayMs }: GeneratorDelay): string {
  const how = stalledMs > 0 ? `stood still for ${seconds(stalledMs)}` : `was late by ${Math.round(delayMs)} ms`;
  return `the load generator ${how}${notKnown}`;
}

/** Whether a reason of a verdict is that of `describeDelay`. */
export function isDelayReason(reason: string): boolean {
  return reason.endsWith(notKnown);
}

function seconds(ms: number): string {
  return `${Number((ms / 1_000).toPrecision(2))} s`;
}
