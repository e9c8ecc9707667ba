import type { HealthSample } from "../../stats/health-sample.ts";

/**
 * Why a worker could not do what it should in a window. `cpu`: its code took all the time; `starved`: it wanted to run, but the
 * machine ran something else; `machine`: it was late, and its event loop idle; `lag`: it was late without being busy; `delay`:
 * timers fired late, though nothing was due; `gc`: it collected garbage.
 */
export type StrainCause = "cpu" | "starved" | "machine" | "lag" | "delay" | "gc";

/** What one window of one worker says about the result; `strained` casts a doubt, `sick` spoils it. */
export type Strain = { readonly kind: "fine" } | { readonly kind: "strained" | "sick"; readonly cause: StrainCause };

/** A single turn of the loop may be so long: it makes one response in a hundred late, not all of them. */
const harmlessDelayMs = 20;

export interface StrainLimits {
  readonly strainedLagMs: number;
  readonly sickLagMs: number;
}

const strainedUtilisation = 0.8;
const sickUtilisation = 0.95;
/** Of a second. */
const strainedGcMs = 100;
/** A loop that is busy while its process gets less CPU than this part of that time is waiting for the machine. */
const starvedCpuShare = 0.7;
/** A loop that is busy for less can be held up by the test only in few and long pieces. */
const idleUtilisation = 0.3;
/** A CPU that is shared gives each process its turn within less. */
const longComputationMs = 100;
/** Timers of a healthy process are late by as much, so that it can never be held against a worker. */
const harmlessLagMs = 5;

/** A lag spoils the result by its part of what is measured. */
export function strainLimits(p95Ms: number | null): StrainLimits {
  const p95 = p95Ms ?? 0;
  return { strainedLagMs: Math.max(harmlessLagMs, 0.05 * p95), sickLagMs: Math.max(harmlessLagMs, 0.2 * p95) };
}

export function strainOf(sample: HealthSample, { strainedLagMs, sickLagMs }: StrainLimits): Strain {
  const { utilisation, cpu, loopDelayP99Ms } = sample;
  const gcMsPerSecond = (sample.gcMs * 1_000) / sample.widthMs;
  const lagMs = sample.scheduleLagP99Ms ?? 0;
  const busy: StrainCause = cpu < starvedCpuShare * utilisation ? "starved" : "cpu";
  const isHeldUp = isHeldUpByMachine(sample);
  const idle: StrainCause = isHeldUp && 2 * sample.loopDelayMaxMs > lagMs ? "machine" : "lag";
  const late: StrainCause = utilisation > strainedUtilisation ? busy : idle;
  if (utilisation > sickUtilisation) return { kind: "sick", cause: busy };
  if (lagMs > sickLagMs) return { kind: "sick", cause: late };
  if (utilisation > strainedUtilisation) return { kind: "strained", cause: busy };
  if (lagMs > strainedLagMs) return { kind: "strained", cause: late };
  if (gcMsPerSecond > strainedGcMs) return { kind: "strained", cause: "gc" };
  if (loopDelayP99Ms > Math.max(harmlessDelayMs, sickLagMs))
    return { kind: "strained", cause: isHeldUp ? "machine" : "delay" };
  return { kind: "fine" };
}

/**
 * Whether timers were late for want of a CPU: the process computed for less time than they were late, or for little, and
 * no timer was so late that a long computation of the test is the likelier reason.
 */
function isHeldUpByMachine({ utilisation, cpu, widthMs, loopDelayMaxMs }: HealthSample): boolean {
  const computedMs = Math.min(utilisation, cpu) * widthMs;
  if (loopDelayMaxMs <= harmlessDelayMs) return false;
  if (computedMs < starvedCpuShare * loopDelayMaxMs) return true;
  return utilisation <= idleUtilisation && loopDelayMaxMs < longComputationMs;
}
