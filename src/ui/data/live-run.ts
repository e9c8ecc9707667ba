import type { LiveWindow } from "../../api/contract/live.ts";
import type { RunReport, WindowColumns } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { GrowingColumns } from "./growing-columns.ts";

/** The number of latest windows that are kept, to be appended to a newer report. */
const keptWindows = 120;
/** The number of percentiles in a result. */
const pointsOfResult = 11;

/**
 * One run on the live page: a report, and the windows that came after it. Columns grow in place, so that a second costs one
 * entry per column and not a copy of the whole run. `report` is a new object after each change.
 */
export class LiveRun {
  readonly id: string;
  /** The time of the last reset of the statistics, from which on the result counts; null for the whole run. */
  sinceMs: number | null = null;
  #report: RunReport;
  /** The distributions of the latest report. */
  #plot: RunReport["distributions"];
  #columns: GrowingColumns;
  #recent: LiveWindow[] = [];

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

  /** Replaces the report, and appends the windows that it lacks. After a reset of the statistics the result stays, as that of a report covers the whole run. */
  replace(report: RunReport): void {
    this.#columns = new GrowingColumns(report.windows);
    for (const window of this.#recent) this.#columns.add(window);
    this.#plot = report.distributions;
    const windows = this.#columns.view();
    if (this.sinceMs === null) this.#report = { ...report, windows };
    else {
      const { result, standing, distributions } = this.#report;
      this.#report = { ...report, windows, result, standing, distributions };
    }
  }

  /** Appends a window of the live stream. */
  addWindow(window: LiveWindow): void {
    this.#recent.push(window);
    if (this.#recent.length > keptWindows) this.#recent.shift();
    this.#columns.add(window);
    this.#report = { ...this.#report, windows: this.#columns.view() };
  }

  /**
   * Replaces the result.
   * @param sinceMs the time of the last reset of the statistics; null for the result of the whole run
   * @param standing how the whole run stands
   */
  setResult(result: Result, state: RunReport["state"], sinceMs: number | null, standing: RunReport["standing"]): void {
    this.sinceMs = sinceMs;
    const { percentiles, total } = this.#plot;
    const hasPlot = sinceMs === null && percentiles.length > pointsOfResult && total.valuesMs.length > 0;
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
