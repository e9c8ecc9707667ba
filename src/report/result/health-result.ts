import type { GeneratorHealth } from "../../analysis/health/generator-health.ts";
import type { WorkerHealth } from "../../analysis/health/generator-run.ts";
import { describeFinding } from "../../analysis/health/health-finding.ts";
import { summariseHealth } from "../../analysis/health/health-summary.ts";
import type { HealthSample, HealthWindow, OverallHealth } from "../../stats/health-sample.ts";
import { rounded } from "../numbers.ts";
import type { WorkerColumns } from "../page/model.ts";
import type { Result } from "./result-schema.ts";

/** Returns the health of a worker in the form of a result; null if the worker never reported its health. */
export function healthResult(measured: WorkerHealth | undefined): Result["workers"][number]["health"] {
  const summary = measured === undefined ? null : summariseHealth(measured);
  if (summary === null) return null;
  const { utilisation, cpu, scheduleLagP99Ms } = summary;
  return {
    ...summary,
    utilisation: { mean: rounded(utilisation.mean), max: rounded(utilisation.max) },
    cpu: { mean: rounded(cpu.mean), max: rounded(cpu.max) },
    loopDelayP99Ms: rounded(summary.loopDelayP99Ms),
    scheduleLagP99Ms: rounded(scheduleLagP99Ms),
    gcShare: rounded(summary.gcShare),
    rssBytes: Math.round(summary.rssBytes),
  };
}

/** Returns the findings that cast doubt on a result but do not make it invalid, as sentences. */
export function healthWarnings({ findings }: GeneratorHealth): string[] {
  return findings.filter(({ severity }) => severity === "warned").map(describeFinding);
}

/** The known facts of a worker, besides its samples. */
interface KnownHealth extends OverallHealth {
  /** The time of users by class of virtual users; null if unknown. */
  readonly userTimeMs: readonly (readonly [className: string, ms: number])[] | null;
}

/** The health of each worker by its number, from the store. */
export function storedHealth(
  windows: Iterable<HealthWindow>,
  known: ReadonlyMap<number, KnownHealth> = new Map(),
): Map<number, WorkerHealth> {
  const samples = new Map<number, HealthSample[]>();
  for (const window of windows) {
    for (const [worker, some] of window.samples) {
      const list = samples.get(worker);
      if (list === undefined) samples.set(worker, [...some]);
      else list.push(...some);
    }
  }
  const ascending = [...samples].sort(([a], [b]) => a - b);
  return new Map(
    ascending.map(([worker, list]) => {
      const { p50Ms = null, fileDescriptorLimit = null, userTimeMs = null } = known.get(worker) ?? {};
      return [
        worker,
        {
          name: `worker ${worker}`,
          samples: list,
          requests: list.reduce((sum, { requests }) => sum + requests, 0),
          p50Ms,
          fileDescriptorLimit,
          userTime: userTimeMs === null ? null : new Map(userTimeMs),
        },
      ];
    }),
  );
}

/** The health of each worker in columns, for charts. */
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

/** Rounds to four digits. A chart shows no more. */
function short(value: number): number {
  return Number(value.toPrecision(4));
}
