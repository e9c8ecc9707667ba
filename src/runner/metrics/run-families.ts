import { runPhases } from "../../core/run.ts";
import { reconnectsMetric, retriesMetric } from "../../core/thresholds/metrics.ts";
import type { Result } from "../../report/result/result-schema.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import { countedSum, type ScalarMetric } from "../../stats/scalar-metric.ts";
import type { StartedRun } from "../outputs/run-output.ts";
import { valueBounds } from "./histogram-buckets.ts";
import type { Labels, MetricFamily, NumberPoint } from "./metric-family.ts";
import { numbers, requestFamilies, times } from "./request-families.ts";
import { workerFamilies } from "./worker-families.ts";

/** A run whose metrics can be read at any time after its start. */
export interface MeasuredRun extends StartedRun {
  /** The highest number of users of each class in the last window. */
  readonly usersByClass: ReadonlyMap<string, number>;
  /** The result; null until the run has ended. */
  readonly result: Result | null;
}

const none: Labels = {};
/** The resolution of custom metrics, which are recorded in thousandths. */
const thousandths = 1_000;

/** Returns all metrics of a run. After the end of the run they equal its result. */
export function familiesOf(run: MeasuredRun): MetricFamily[] {
  const { totals } = run.master.collector;
  return [
    ...runState(run),
    ...requestFamilies(totals),
    ...iterationFamilies(totals),
    ...userFamilies(run, totals),
    ...ownFamilies(totals),
    ...workerFamilies(run.master),
    ...(run.result === null ? [] : resultFamilies(run.result)),
  ];
}

function runState({ definition, master }: MeasuredRun): MetricFamily[] {
  const { testName: test, resolved, facts } = definition;
  const { profile, host } = resolved;
  const phases = runPhases.map((phase) => ({ labels: { phase }, value: phase === master.phase ? 1 : 0 }));
  const labels = { test, profile, host, version: facts.musterVersion };
  return [
    numbers("gauge", "muster.run.info", "", "The run, as labels.", [{ labels, value: 1 }]),
    numbers("gauge", "muster.run.phase", "", "1 for the phase that the run is in.", phases),
    numbers("gauge", "muster.run.elapsed", "s", "The time since the start of the load.", [
      { labels: none, value: Math.max(0, master.elapsedMs) / 1_000 },
    ]),
  ];
}

function iterationFamilies(totals: RunTotals): MetricFamily[] {
  const { completedIterations, failedIterations, interruptedIterations, droppedIterations } = totals;
  const families: MetricFamily[] = [
    numbers("counter", "muster.iterations", "{iteration}", "Iterations by their outcome; each has one.", [
      { labels: { outcome: "completed" }, value: completedIterations - failedIterations },
      { labels: { outcome: "failed" }, value: failedIterations },
      { labels: { outcome: "interrupted" }, value: interruptedIterations },
      { labels: { outcome: "dropped" }, value: droppedIterations },
    ]),
    numbers("counter", "muster.reconnects", "{request}", "Requests that were sent again on a new connection.", [
      { labels: none, value: counterOf(totals, reconnectsMetric) },
    ]),
    numbers("counter", "muster.retries", "{request}", "Failed requests that the test had sent again.", [
      { labels: none, value: counterOf(totals, retriesMetric) },
    ]),
  ];
  const checks = [...totals.checks].flatMap(([check, { passes, failures }]) => [
    { labels: { check, outcome: "passed" }, value: passes },
    { labels: { check, outcome: "failed" }, value: failures },
  ]);
  if (checks.length > 0)
    families.push(numbers("counter", "muster.checks", "{check}", "Checks by their outcome.", checks));
  if (totals.scheduleLag.count > 0) {
    families.push(
      times("muster.schedule_lag", "How late iterations of an open load were begun.", [
        { labels: none, histogram: totals.scheduleLag },
      ]),
      times("muster.blocked_time", "How long they waited for a free user and a connection.", [
        { labels: none, histogram: totals.blockedTime },
      ]),
    );
  }
  return families;
}

function userFamilies({ master, usersByClass, result }: MeasuredRun, totals: RunTotals): MetricFamily[] {
  const classes = [...usersByClass].map(([name, count]) => ({
    labels: { class: name },
    value: result === null ? count : 0,
  }));
  return [
    numbers("gauge", "muster.users", "{user}", "Virtual users that run now.", [{ labels: none, value: master.users }]),
    numbers("gauge", "muster.users.peak", "{user}", "The most virtual users at the same time so far.", [
      { labels: none, value: master.collector.windows.peakUsers },
    ]),
    ...(classes.length === 0
      ? []
      : [numbers("gauge", "muster.class.users", "{user}", "Virtual users of each class in the last second.", classes)]),
    numbers("counter", "muster.user.starts", "{user}", "Virtual users by whether they started.", [
      { labels: { outcome: "started" }, value: totals.startedUsers },
      { labels: { outcome: "failed" }, value: totals.failedStarts },
    ]),
  ];
}

type OwnPoints = Readonly<Record<"counter" | "held" | "values" | "gauge", NumberPoint[]>>;

/** Returns a family for each kind of custom metric of the test; the names of the metrics are labels. */
function ownFamilies(totals: RunTotals): MetricFamily[] {
  const points: OwnPoints = { counter: [], held: [], values: [], gauge: [] };
  for (const [metric, scalar] of totals.metrics) {
    if (metric !== reconnectsMetric && metric !== retriesMetric) addScalar(points, { metric }, scalar);
  }
  const trends = [...totals.eachSeries()].flatMap(({ kind, samples }) =>
    kind === "trend" ? [{ labels: { metric: samples.name }, histogram: samples.serviceTime }] : [],
  );
  const families = [
    numbers("counter", "muster.own.counter", "", "Counters of the test.", points.counter),
    numbers("counter", "muster.own.rate.held", "", "Values of the test's rates that were true.", points.held),
    numbers("counter", "muster.own.rate.values", "", "Values of the test's rates.", points.values),
    numbers("gauge", "muster.own.gauge", "", "Gauges of the test, with the latest value.", points.gauge),
  ].filter((family) => [...family.points].length > 0);
  if (trends.length === 0) return families;
  const facts = { name: "muster.own.trend", unit: "", help: "Trends of the test.", perUnit: thousandths };
  return [...families, { kind: "histogram", ...facts, bounds: valueBounds, points: trends }];
}

function addScalar(points: OwnPoints, labels: Labels, metric: ScalarMetric): void {
  switch (metric.kind) {
    case "counter":
      points.counter.push({ labels, value: countedSum(metric) });
      break;
    case "rate":
      points.held.push({ labels, value: metric.count });
      points.values.push({ labels, value: metric.total });
      break;
    case "gauge":
      points.gauge.push({ labels, value: metric.value });
      break;
  }
}

function resultFamilies({ verdict, exitCode, thresholds }: Result): MetricFamily[] {
  // The same condition can apply to several parts of a run. It passed if it passed for all of them.
  const passed = new Map<string, NumberPoint>();
  for (const { metric, expression, passed: isPassed } of thresholds) {
    const key = `${metric}\n${expression}`;
    const value = isPassed && passed.get(key)?.value !== 0 ? 1 : 0;
    passed.set(key, { labels: { metric, expression }, value });
  }
  return [
    numbers("gauge", "muster.run.verdict", "", "1 for the verdict of the run; only after its end.", [
      { labels: { verdict }, value: 1 },
    ]),
    numbers("gauge", "muster.run.exit_code", "", "The exit code; only after the end of the run.", [
      { labels: none, value: exitCode },
    ]),
    ...(passed.size === 0
      ? []
      : [
          numbers("gauge", "muster.threshold.passed", "", "1 if the threshold passed, else 0; only after the end.", [
            ...passed.values(),
          ]),
        ]),
  ];
}

function counterOf({ metrics }: RunTotals, name: string): number {
  const metric = metrics.get(name);
  return metric?.kind === "counter" ? metric.sum : 0;
}
