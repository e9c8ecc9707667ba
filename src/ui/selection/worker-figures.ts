import type { RunReport, WorkerColumns } from "../../report/page/model.ts";

/** The figures of one worker in a part of the run. */
export interface WorkerFigures {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly utilisation: MeanAndMax | null;
  readonly cpu: MeanAndMax | null;
  readonly loopDelayP99Ms: number | null;
  /** Whether samples extend beyond the range: the samples of a long run are merged. */
  readonly isWider: boolean;
}

interface MeanAndMax {
  readonly mean: number;
  readonly max: number;
}

/** Returns the figures of a worker over the whole run, as in its result; null if the run does not have the worker. */
export function wholeWorker({ result }: Pick<RunReport, "result">, number: number): WorkerFigures | null {
  const worker = result.workers.find((one) => one.number === number);
  if (worker === undefined) return null;
  const { requests, health } = worker;
  const seconds = (result.run.loadMs ?? result.run.durationMs) / 1_000;
  return {
    requests,
    requestsPerSecond: seconds > 0 ? requests / seconds : 0,
    utilisation: health?.utilisation ?? null,
    cpu: health?.cpu ?? null,
    loopDelayP99Ms: health?.loopDelayP99Ms ?? null,
    isWider: false,
  };
}

/**
 * Returns the figures of the samples of a worker that begin in [fromMs, toMs).
 * @param seconds the time over which requests per second are counted
 */
export function workerIn(series: WorkerColumns, fromMs: number, toMs: number, seconds: number): WorkerFigures {
  const { atMs, widthMs, requests, utilisation, cpu, loopDelayP99Ms } = series;
  const samples = atMs.flatMap((at, sample) => (at >= fromMs && at < toMs ? [sample] : []));
  const count = samples.reduce((sum, sample) => sum + (requests[sample] ?? 0), 0);
  const delays = samples.map((sample) => loopDelayP99Ms[sample] ?? 0);
  return {
    requests: count,
    requestsPerSecond: seconds > 0 ? count / seconds : 0,
    utilisation: meanAndMax(utilisation, widthMs, samples),
    cpu: meanAndMax(cpu, widthMs, samples),
    loopDelayP99Ms: delays.length === 0 ? null : Math.max(...delays),
    isWider:
      samples.some((sample) => (atMs[sample] ?? 0) + (widthMs[sample] ?? 0) > toMs) ||
      atMs.some((at, sample) => at < fromMs && at + (widthMs[sample] ?? 0) > fromMs),
  };
}

/** Returns the mean over time and the maximum, as in a result. */
function meanAndMax(
  values: readonly number[],
  widthMs: readonly number[],
  samples: readonly number[],
): MeanAndMax | null {
  const totalMs = samples.reduce((sum, sample) => sum + (widthMs[sample] ?? 0), 0);
  if (totalMs === 0) return null;
  const weighted = samples.reduce((sum, sample) => sum + (values[sample] ?? 0) * (widthMs[sample] ?? 0), 0);
  return { mean: weighted / totalMs, max: Math.max(...samples.map((sample) => values[sample] ?? 0)) };
}
