import type { Master } from "../../master/master.ts";
import type { HealthSample } from "../../stats/health-sample.ts";
import type { Labels, MetricFamily, NumberPoint } from "./metric-family.ts";
import { numbers } from "./request-families.ts";

/** More workers than this are summed up only; the result lists all of them. */
const mostWorkers = 200;

interface Reading {
  readonly name: string;
  readonly unit: string;
  readonly help: string;
  readonly value: (sample: HealthSample) => number | null;
}

const readings: readonly Reading[] = [
  {
    name: "muster.worker.event_loop.utilization",
    unit: "1",
    help: "The share of the time in which the worker's event loop was not idle.",
    value: ({ utilisation }) => utilisation,
  },
  {
    name: "muster.worker.event_loop.delay.p99",
    unit: "s",
    help: "How late the worker's timers were: 99 % of them, in the last window.",
    value: ({ loopDelayP99Ms }) => loopDelayP99Ms / 1_000,
  },
  {
    name: "muster.worker.event_loop.delay.max",
    unit: "s",
    help: "How late the latest of them was.",
    value: ({ loopDelayMaxMs }) => loopDelayMaxMs / 1_000,
  },
  {
    name: "muster.worker.schedule_lag.p99",
    unit: "s",
    help: "How late the worker began iterations of an open load: 99 % of them, in the last window.",
    value: ({ scheduleLagP99Ms }) => (scheduleLagP99Ms === null ? null : scheduleLagP99Ms / 1_000),
  },
  {
    name: "muster.worker.cpu.cores",
    unit: "{cpu}",
    help: "The CPU time of the worker's process per second.",
    value: ({ cpu }) => cpu,
  },
  {
    name: "muster.worker.memory.rss",
    unit: "By",
    help: "The memory of the worker's process.",
    value: ({ rssBytes }) => rssBytes,
  },
  {
    name: "muster.worker.memory.heap",
    unit: "By",
    help: "The worker's heap after the latest garbage collection.",
    value: ({ heapAfterGcBytes }) => heapAfterGcBytes,
  },
  {
    name: "muster.worker.sockets",
    unit: "{socket}",
    help: "The worker's open sockets to the service.",
    value: ({ sockets }) => sockets,
  },
  {
    name: "muster.worker.file_descriptors",
    unit: "{file}",
    help: "The worker's open file descriptors.",
    value: ({ fileDescriptors }) => fileDescriptors,
  },
];

/** Returns the families of the workers of a run, and of the health of each by its last report. */
export function workerFamilies({ workers, collector }: Master): MetricFamily[] {
  const { all } = workers;
  const lost = all.filter(({ status }) => status === "lost").length;
  const shown = all.length > mostWorkers ? [] : all;
  const labelled = shown.map((worker) => ({
    worker,
    labels: { worker: String(worker.number), host: worker.identity.host } satisfies Labels,
    sample: collector.health.latest(worker.number),
  }));
  const families: MetricFamily[] = [
    numbers("gauge", "muster.workers", "{worker}", "Workers by their state.", [
      { labels: { state: "connected" }, value: workers.connected.length },
      { labels: { state: "lost" }, value: lost },
    ]),
  ];
  if (labelled.length === 0) return families;
  const requests = labelled.map(({ worker, labels }) => ({ labels, value: worker.state.requests }));
  families.push(
    numbers("counter", "muster.worker.requests", "{request}", "Requests in each worker's reports.", requests),
  );
  for (const { name, unit, help, value } of readings) {
    const points = labelled.flatMap(({ labels, sample }): NumberPoint[] => {
      const read = sample === null ? null : value(sample);
      return read === null ? [] : [{ labels, value: read }];
    });
    if (points.length > 0) families.push(numbers("gauge", name, unit, help, points));
  }
  return families;
}
