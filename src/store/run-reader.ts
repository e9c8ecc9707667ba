import type { HealthWindow } from "../stats/health-sample.ts";
import type { EndpointReport, SeriesReport } from "../stats/interval-report.ts";
import type { Observed } from "../stats/observed-series.ts";
import { RunTotals } from "../stats/run-totals.ts";
import type { StoredWindow } from "../stats/windows.ts";
import type { ControlRecord, EventRecord, LedgerRecord, SharedRecord, WorkerRecord } from "./batch.ts";
import { StoreConnection } from "./connection.ts";
import { type EndpointName, readEndpoints } from "./endpoint-table.ts";
import { readErrors } from "./error-table.ts";
import { ObservedTable } from "./observed-table.ts";
import { RunLog } from "./run-log.ts";
import { RunTable } from "./run-table.ts";
import { readSlowest } from "./slow-table.ts";
import { storeError } from "./storage-fault.ts";
import { HealthWindows } from "./windows/health-windows.ts";
import { WindowTable } from "./windows/window-table.ts";

/**
 * Reads a consistent snapshot of one run while others write. The write-ahead log cannot be reset before the reader is
 * closed, so close it soon.
 */
export class RunReader {
  readonly #connection: StoreConnection;
  readonly #run: number;
  readonly #names: readonly EndpointName[];
  readonly #windows: WindowTable;
  readonly #log: RunLog;

  constructor(path: string, id: string) {
    this.#connection = new StoreConnection(path, { readOnly: true });
    try {
      this.#connection.exec("BEGIN");
      this.#run = new RunTable(this.#connection).numberOf(id);
      this.#names = readEndpoints(this.#connection, this.#run);
    } catch (error) {
      this.#connection.close();
      throw error;
    }
    this.#windows = new WindowTable(this.#connection, this.#run);
    this.#log = new RunLog(this.#connection, this.#run);
  }

  /** Returns the totals of the run: the sum of all reports. */
  totals(): RunTotals {
    const totals = new RunTotals();
    const endpoints = this.#names.map(({ series, method, name }) =>
      series === null ? totals.endpoint(method, name) : totals.addTo(series, name),
    );
    this.#connection.guard(() => {
      for (const [id, report] of this.#windows.allEndpoints(this.#nameOf)) endpoints[id]?.add(report);
      for (const { startMs } of this.#windows.spans()) {
        const report = this.#windows.report(startMs);
        if (report !== null) totals.addLoad(report);
      }
    });
    for (const error of readErrors(this.#connection, this.#run)) totals.addError(error);
    for (const slow of readSlowest(this.#connection, this.#run)) totals.addSlow(slow);
    return totals;
  }

  /** Returns the number of recorded requests. */
  requestCount(): number {
    const sql = `SELECT coalesce(sum(requests), 0) AS requests FROM window_endpoints AS w
      JOIN endpoints AS e ON e.run = w.run AND e.id = w.endpoint WHERE w.run = ? AND e.series IS NULL AND e.method NOT LIKE '(%' AND e.method NOT LIKE '%@onStop'`;
    return this.#connection.get<{ requests: number }>(sql, this.#run)?.requests ?? 0;
  }

  /** Iterates over the windows in order of time. Times without measurements have no window. */
  *windows(): Generator<StoredWindow, void, void> {
    for (const { startMs, widthMs } of this.#windows.spans()) {
      const report = this.#windows.report(startMs);
      if (report === null) throw storeError("store-corrupt", this.#connection.path, `no window at ${startMs} ms`);
      const endpoints: EndpointReport[] = [];
      const series: SeriesReport[] = [];
      for (const [id, samples] of this.#windows.endpoints(startMs, this.#nameOf)) {
        const kind = this.#names[id]?.series ?? null;
        if (kind === null) endpoints.push(samples);
        else series.push({ kind, samples });
      }
      yield { startMs, widthMs, ...report, endpoints, series, errors: [] };
    }
  }

  /** Iterates over the health of the workers in order of time. */
  *health(): Generator<HealthWindow, void, void> {
    yield* new HealthWindows(this.#connection, this.#run).all();
  }

  workers(): WorkerRecord[] {
    return this.#log.workers();
  }

  /** Returns the events in the order in which they were added. */
  events(): EventRecord[] {
    return this.#log.events();
  }

  /** Returns the control operations in the order in which they were added. */
  controls(): ControlRecord[] {
    return this.#log.controls();
  }

  /** Returns the shared values, sorted by the texts of their scopes and keys. */
  shared(): SharedRecord[] {
    return this.#log.shared();
  }

  /** Returns the metrics that were observed of the service. */
  observed(): Observed {
    return new ObservedTable(this.#connection, this.#run).all();
  }

  ledger(): LedgerRecord {
    return this.#log.ledger();
  }

  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  readonly #nameOf = (id: number) => this.#names[id] ?? { method: "", name: "" };
}
