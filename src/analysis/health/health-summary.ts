import type { HealthSample } from "../../stats/health-sample.ts";
import type { WorkerHealth } from "./generator-run.ts";

/** How one worker did over a run, in a few numbers. */
export interface HealthSummary {
  /** Of its event loop, 0..1. */
  readonly utilisation: { readonly mean: number; readonly max: number };
  /** Cores. */
  readonly cpu: { readonly mean: number; readonly max: number };
  /** Of the worst second. */
  readonly loopDelayP99Ms: number;
  /** Of the worst second; null when nothing was due, as in a closed load. */
  readonly scheduleLagP99Ms: number | null;
  /** Of the time, 0..1. */
  readonly gcShare: number;
  /** At the end. */
  readonly heapAfterGcBytes: number;
  /** The most at a time. */
  readonly rssBytes: number;
  readonly sockets: number;
  readonly fileDescriptors: number;
  readonly fileDescriptorLimit: number | null;
  /** Median response time that it measured; null without requests. */
  readonly p50Ms: number | null;
}

/** Null when the worker never told. */
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
