import type { HealthSample } from "../../stats/health-sample.ts";

/**
 * Why a worker was strained in a window. `cpu`: its code used all the time; `starved`: it was ready to run, but the machine
 * ran something else; `machine`: it was late although its event loop was idle; `lag`: it started iterations late without
 * being busy; `delay`: timers fired late, though nothing was due; `gc`: it collected garbage.
 */
export type StrainCause = "cpu" | "starved" | "machine" | "lag" | "delay" | "gc";

/** The strain of a worker in one window: `strained` casts doubt on the result, `overloaded` invalidates it. */
export type Strain =
  | { readonly kind: "fine" }
  | { readonly kind: "strained" | "overloaded"; readonly cause: StrainCause };

/** The tolerated delay of the event loop (p99): it makes one response in a hundred late, not all of them. */
const harmlessDelayMs = 20;

export interface StrainLimits {
  readonly strainedLagMs: number;
  readonly overloadedLagMs: number;
}

const strainedUtilisation = 0.8;
const overloadedUtilisation = 0.95;
/** The time spent on garbage collection per second, in ms. */
const strainedGcMs = 100;
/** If the process gets less CPU than this share of the busy time of its event loop, it is waiting for the machine. */
const starvedCpuShare = 0.7;
/** Below this utilisation the test can block the event loop only with few and long computations. */
const idleUtilisation = 0.3;
/** A process on a shared CPU gets its turn within less time than this. */
const longComputationMs = 100;
/** The lag that timers of a healthy process may have. */
const harmlessLagMs = 5;

/** Derives the limits of the lag from the p95: a lag matters relative to the measured times. */
export function strainLimits(p95Ms: number | null): StrainLimits {
  const p95 = p95Ms ?? 0;
  return { strainedLagMs: Math.max(harmlessLagMs, 0.05 * p95), overloadedLagMs: Math.max(harmlessLagMs, 0.2 * p95) };
}

export function strainOf(sample: HealthSample, { strainedLagMs, overloadedLagMs }: StrainLimits): Strain {
  const { utilisation, cpu, loopDelayP99Ms } = sample;
  const gcMsPerSecond = (sample.gcMs * 1_000) / sample.widthMs;
  const lagMs = sample.scheduleLagP99Ms ?? 0;
  const busy: StrainCause = cpu < starvedCpuShare * utilisation ? "starved" : "cpu";
  const isDelayed = isDelayedByMachine(sample);
  const idle: StrainCause = isDelayed && 2 * sample.loopDelayMaxMs > lagMs ? "machine" : "lag";
  const late: StrainCause = utilisation > strainedUtilisation ? busy : idle;
  if (utilisation > overloadedUtilisation) return { kind: "overloaded", cause: busy };
  if (lagMs > overloadedLagMs) return { kind: "overloaded", cause: late };
  if (utilisation > strainedUtilisation) return { kind: "strained", cause: busy };
  if (lagMs > strainedLagMs) return { kind: "strained", cause: late };
  if (gcMsPerSecond > strainedGcMs) return { kind: "strained", cause: "gc" };
  if (loopDelayP99Ms > Math.max(harmlessDelayMs, overloadedLagMs))
    return { kind: "strained", cause: isDelayed ? "machine" : "delay" };
  return { kind: "fine" };
}

/** A process that does not run for this long is not busy: it was stopped, or its machine was. */
const standstillMs = 1_000;

/** Returns how long the process of a worker was stopped in a sample, without computing, in ms; 0 if it was not. */
export function standstillIn({ utilisation, cpu, widthMs, loopDelayMaxMs }: HealthSample): number {
  const computedMs = Math.min(utilisation, cpu) * widthMs;
  return loopDelayMaxMs >= standstillMs && computedMs < starvedCpuShare * loopDelayMaxMs ? loopDelayMaxMs : 0;
}

/**
 * Whether timers were late because the process did not get the CPU: it computed for less time than they were late, or for
 * little time, and no timer was so late that a long computation of the test is the likelier reason.
 */
function isDelayedByMachine({ utilisation, cpu, widthMs, loopDelayMaxMs }: HealthSample): boolean {
  const computedMs = Math.min(utilisation, cpu) * widthMs;
  if (loopDelayMaxMs <= harmlessDelayMs) return false;
  if (computedMs < starvedCpuShare * loopDelayMaxMs) return true;
  return utilisation <= idleUtilisation && loopDelayMaxMs < longComputationMs;
}
