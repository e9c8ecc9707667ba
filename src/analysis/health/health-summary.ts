import type { HealthSample } from "../../stats/health-sample.ts";
import type { WorkerHealth } from "./generator-run.ts";

/** A summary of the health of one worker over a run. */
export interface HealthSummary {
  /** The utilisation of its event loop, 0..1. */
  readonly utilisation: { readonly mean: number; readonly max: number };
  /** The CPU use in cores. */
  readonly cpu: { readonly mean: number; readonly max: number };
  /** The p99 of the event loop delay in the worst second. */
  readonly loopDelayP99Ms: number;
  /** The p99 of the schedule lag in the worst second; null if nothing was scheduled, as in a closed load. */
  readonly scheduleLagP99Ms: number | null;
  /** The share of time spent on garbage collection, 0..1. */
  readonly gcShare: number;
  /** The heap after the last garbage collection. */
  readonly heapAfterGcBytes: number;
  /** The highest memory use (resident set size). */
  readonly rssBytes: number;
  readonly sockets: number;
  readonly fileDescriptors: number;
  readonly fileDescriptorLimit: number | null;
  /** The median response time that it measured; null without requests. */
  readonly p50Ms: number | null;
}

/** Summarises the samples of a worker; null if it sent none. */
export function summariseHealth({ samples, fileDescriptorLimit, p50Ms }: WorkerHealth): HealthSummary | null {
  const last = samples.at(-1);
  if (last === undefined) return null;
  const totalMs = samples.reduce((sum, { widthMs }) => sum + widthMs, 0);
  const mean = (of: (sample: HealthSample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample) * sample.widthMs, 0) / totalMs;
  const max = (of: (sample: HealthSample) => number) => samples.reduce((most, sample) => Math.max(most, of(sample)), 0);
  const isOpen = samples.some(({ scheduleLagP99Ms }) => scheduleLagP99Ms !== null);
  return {
    utilisation: { mean: mean((one) => one.utilisation), max: max((one) => one.utilisation) },
    cpu: { mean: mean((one) => one.cpu), max: max((one) => one.cpu) },
    loopDelayP99Ms: max((one) => one.loopDelayP99Ms),
    scheduleLagP99Ms: isOpen ? max((one) => one.scheduleLagP99Ms ?? 0) : null,
    gcShare: samples.reduce((sum, { gcMs }) => sum + gcMs, 0) / totalMs,
    heapAfterGcBytes: last.heapAfterGcBytes,
    rssBytes: max((one) => one.rssBytes),
    sockets: Math.round(max((one) => one.sockets)),
    fileDescriptors: max((one) => one.fileDescriptors),
    fileDescriptorLimit,
    p50Ms,
  };
}
