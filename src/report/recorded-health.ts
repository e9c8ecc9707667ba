import type { WorkerHealth } from "../analysis/health/generator-run.ts";
import type { HealthSample, HealthWindow, OverallHealth } from "../stats/health-sample.ts";
import type { WorkerColumns } from "./page/model.ts";

/** How each worker did, by its number, as far as that is recorded: not whom it ran. */
export function recordedHealth(
  windows: Iterable<HealthWindow>,
  overall: ReadonlyMap<number, OverallHealth> = new Map(),
): Map<number, WorkerHealth> {
  const samples = new Map<number, HealthSample[]>();
  for (const window of windows) {
    for (const [worker, sample] of window.samples) {
      const list = samples.get(worker);
      if (list === undefined) samples.set(worker, [sample]);
      else list.push(sample);
    }
  }
  return new Map(
    [...samples].map(([worker, list]) => [
      worker,
      {
        name: `worker ${worker}`,
        samples: list,
        requests: list.reduce((sum, { requests }) => sum + requests, 0),
        p50Ms: overall.get(worker)?.p50Ms ?? null,
        fileDescriptorLimit: overall.get(worker)?.fileDescriptorLimit ?? null,
        userTime: new Map(),
      },
    ]),
  );
}

/** The same for charts. */
export function workerColumns(samples: readonly HealthSample[]): WorkerColumns {
  const column = (of: (sample: HealthSample) => number) => samples.map((sample) => short(of(sample)));
  return {
    atMs: samples.map(({ atMs }) => atMs),
    widthMs: samples.map(({ widthMs }) => widthMs),
    requests: samples.map(({ requests }) => requests),
    utilisation: column((sample) => sample.utilisation),
    loopDelayP99Ms: column((sample) => sample.loopDelayP99Ms),
    scheduleLagP99Ms: samples.map(({ scheduleLagP99Ms: lag }) => (lag === null ? null : short(lag))),
    cpu: column((sample) => sample.cpu),
    rssBytes: column((sample) => sample.rssBytes),
    heapBytes: column((sample) => sample.heapAfterGcBytes),
  };
}

/** Four digits are more than a chart shows. */
function short(value: number): number {
  return Number(value.toPrecision(4));
}
