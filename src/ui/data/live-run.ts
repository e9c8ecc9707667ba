import type { LiveWindow } from "../../api/contract/live.ts";
import type { RunReport, WindowColumns } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { GrowingColumns } from "./growing-columns.ts";

/** Windows that may come while a report is on its way, and go on its end. */
const keptWindows = 120;
/** Percentiles of a distribution in a result. */
const pointsOfResult = 11;

/**
 * One run as a page knows it: a report, and the windows that came since. Columns grow in place, so that a second costs one
 * entry each and not a copy of the whole run; `report` is a new object whenever something has changed.
 */
export class LiveRun {
  readonly id: string;
  /** From when on the result counts: other than null after somebody had the statistics begin anew. */
  sinceMs: number | null = null;
  #report: RunReport;
  /** Of the latest whole report. */
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

  /** How many windows the charts draw. */
  get length(): number {
    return this.#report.windows.startMs.length;
  }

  /** A newer report takes the place of all windows that it covers. Its result is of the whole run, whatever is shown. */
  replace(report: RunReport): void {
    this.#columns = new GrowingColumns(report.windows);
    for (const window of this.#recent) this.#columns.add(window);
    this.#plot = report.distributions;
    const windows = this.#columns.view();
    if (this.sinceMs === null) this.#report = { ...report, windows };
    else {
      const { result, distributions } = this.#report;
      this.#report = { ...report, windows, result, distributions };
    }
  }

  addWindow(window: LiveWindow): void {
    this.#recent.push(window);
    if (this.#recent.length > keptWindows) this.#recent.shift();
    this.#columns.add(window);
    this.#report = { ...this.#report, windows: this.#columns.view() };
  }

  /** @param sinceMs null when it is of the whole run */
  setResult(result: Result, state: RunReport["state"], sinceMs: number | null): void {
    this.sinceMs = sinceMs;
    const { percentiles, total } = this.#plot;
    const hasPlot = sinceMs === null && percentiles.length > pointsOfResult && total.valuesMs.length > 0;
    const distributions = hasPlot ? this.#plot : distributionsOf(result);
    this.#report = { ...this.#report, result, state, distributions };
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

/** Before the store has anything of a run. */
export function emptyReport(result: Result): RunReport {
  return {
    schema: "muster-report/1",
    state: "running",
    result,
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

/** The plot of a report has more points; where there is none, those of the result do. */
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
