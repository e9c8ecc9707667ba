import type { LiveResultEvent, LiveWindow } from "../../api/contract/live.ts";
import type { PlanColumns, RunReport, WindowColumns } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { GrowingColumns } from "./growing-columns.ts";

/** The number of percentiles in a result. */
const pointsOfResult = 11;

/**
 * One run on the live page: a report, and the windows that arrived after it. Columns grow in place, so each second adds one
 * entry per column and does not copy the whole run. `report` is a new object after each change.
 */
export class LiveRun {
  readonly id: string;
  /** The figures since the last reset of the statistics; null without a reset. The report still covers the whole run. */
  since: LiveResultEvent["since"] = null;
  #report: RunReport;
  /** The distributions of the latest report. */
  #plot: RunReport["distributions"];
  #columns: GrowingColumns;
  /** The latest plan of the live stream; null before the first. */
  #plan: PlanColumns | null = null;

  constructor(id: string, report: RunReport) {
    this.id = id;
    this.#report = report;
    this.#plot = report.distributions;
    this.#columns = new GrowingColumns(report.windows);
  }

  get report(): RunReport {
    return this.#report;
  }

  /** The number of windows that the charts draw. */
  get length(): number {
    return this.#report.windows.startMs.length;
  }

  /** Replaces the report, and appends the windows that are not in it. */
  replace(report: RunReport): void {
    const before = this.#columns;
    this.#columns = new GrowingColumns(report.windows);
    this.#columns.addAppended(before);
    this.#plot = report.distributions;
    this.#report = { ...report, windows: this.#columns.view(), plan: this.#plan ?? report.plan };
  }

  /** Replaces the plan. It is newer than the plan of any report, because reports are made from stored data. */
  setPlan(plan: PlanColumns): void {
    this.#plan = plan;
    this.#report = { ...this.#report, plan };
  }

  /** Appends a window of the live stream. */
  addWindow(window: LiveWindow): void {
    this.#columns.add(window);
    this.#report = { ...this.#report, windows: this.#columns.view() };
  }

  /** Replaces the result of the whole run and the figures since the last reset. */
  setResult({ result, since, standing }: Omit<LiveResultEvent, "runId">, state: RunReport["state"]): void {
    this.since = since;
    const { percentiles, total } = this.#plot;
    const hasPlot = percentiles.length > pointsOfResult && total.valuesMs.length > 0;
    const distributions = hasPlot ? this.#plot : distributionsOf(result);
    this.#report = { ...this.#report, result, state, standing, distributions };
  }
}

export const noWindows: WindowColumns = {
  startMs: [],
  widthMs: [],
  users: [],
  usersByClass: {},
  iterations: [],
  droppedIterations: [],
  total: { requests: [], failures: [], p50Ms: [], p95Ms: [], p99Ms: [] },
  endpoints: [],
  omittedEndpoints: 0,
};

/** The report of a run that has no stored data yet. */
export function emptyReport(result: Result): RunReport {
  return {
    schema: "muster-report/1",
    state: "running",
    result,
    standing: null,
    command: null,
    machine: null,
    plan: { atMs: [], users: null, ratePerSecond: null },
    classes: [],
    windows: noWindows,
    workers: [],
    exceptions: [],
    findings: [],
    distributions: { percentiles: [], total: { valuesMs: [], maxMs: 0 }, endpoints: [] },
    heat: { startMs: [], widthMs: [], bucketsMs: [], counts: [] },
  };
}

/** The distributions of a result, which have fewer points than those of a report. */
function distributionsOf({ total, endpoints }: Result): RunReport["distributions"] {
  const percentiles = Object.keys(total.responseTimeMs.percentiles)
    .map(Number)
    .sort((a, b) => a - b);
  const columnOf = ({ responseTimeMs }: Result["total"]) => ({
    valuesMs: percentiles.map((percentile) => responseTimeMs.percentiles[String(percentile)] ?? 0),
    maxMs: responseTimeMs.max,
  });
  return {
    percentiles,
    total: columnOf(total),
    endpoints: endpoints.map((endpoint) => ({ method: endpoint.method, name: endpoint.name, ...columnOf(endpoint) })),
  };
}
