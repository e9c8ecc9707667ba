import type { EndpointReport } from "../../stats/interval-report.ts";
import type { StoreConnection } from "../connection.ts";
import type { EndpointName } from "../endpoint-table.ts";
import type { ResidentWindow } from "./resident-window.ts";
import type { Span } from "./window-index.ts";
import {
  checksJson,
  type EndpointRow,
  endpointColumns,
  endpointReportOf,
  endpointValues,
  metricsJson,
  schedulingValues,
  tasksJson,
  unawaitedJson,
  userSecondsJson,
  type WindowReport,
  type WindowRow,
  windowColumns,
  windowReportOf,
} from "./window-rows.ts";

/** The windows of one run in the file. */
export class WindowTable {
  readonly #connection: StoreConnection;
  readonly #run: number;

  constructor(connection: StoreConnection, run: number) {
    this.#connection = connection;
    this.#run = run;
  }

  /** Returns the windows in ascending order. */
  spans(): Span[] {
    return this.#connection.all<Span>(
      `SELECT start_ms AS startMs, width_ms AS widthMs, endpoints AS rows, bytes FROM windows
        WHERE run = ? ORDER BY start_ms`,
      this.#run,
    );
  }

  /** Reads a window without its endpoints; null if there is no window at `startMs`. */
  report(startMs: number): WindowReport | null {
    const row = this.#connection.get<WindowRow>(
      `SELECT ${windowColumns} FROM windows WHERE run = ? AND start_ms = ?`,
      ...[this.#run, startMs],
    );
    return row === undefined ? null : this.#connection.guard(() => windowReportOf(row));
  }

  /**
   * Reads the endpoints of a window, each with its number, in ascending order. @param nameOf returns the name of an
   * endpoint by number
   */
  endpoints(
    startMs: number,
    nameOf: (id: number) => Pick<EndpointName, "method" | "name">,
  ): [id: number, EndpointReport][] {
    const rows = this.#connection.all<EndpointRow>(
      `SELECT ${endpointColumns} FROM window_endpoints WHERE run = ? AND start_ms = ? ORDER BY endpoint`,
      ...[this.#run, startMs],
    );
    return this.#connection.guard(() => rows.map((row) => [row.endpoint, endpointReportOf(row, nameOf(row.endpoint))]));
  }

  /** Iterates over the endpoints of all windows in any order. */
  *allEndpoints(
    nameOf: (id: number) => Pick<EndpointName, "method" | "name">,
  ): Generator<[id: number, EndpointReport]> {
    const rows = this.#connection.each<EndpointRow>(
      `SELECT ${endpointColumns} FROM window_endpoints WHERE run = ?`,
      this.#run,
    );
    for (const row of rows) yield [row.endpoint, endpointReportOf(row, nameOf(row.endpoint))];
  }

  /** Writes the changes of the window since it was last written. */
  write(window: ResidentWindow): void {
    const changed = [...window.endpoints].filter(([, endpoint]) => endpoint.isDirty);
    const rows = changed.map(([id, endpoint]) => {
      const { values, bytes } = endpointValues(endpoint.totals);
      endpoint.bytes = bytes;
      endpoint.isDirty = false;
      return { id, values };
    });
    this.#writeWindow(window);
    for (const { id, values } of rows) {
      this.#connection.run(upsertEndpoint, this.#run, window.startMs, id, ...values);
    }
    window.isDirty = false;
  }

  /** Deletes a window and, by the foreign key, its endpoints. */
  remove(startMs: number): void {
    this.#connection.run("DELETE FROM windows WHERE run = ? AND start_ms = ?", this.#run, startMs);
  }

  #writeWindow(window: ResidentWindow): void {
    const { load, users } = window;
    const { startMs, widthMs, rows, bytes } = window.span;
    this.#connection.run(
      upsertWindow,
      ...[this.#run, startMs, widthMs, rows, bytes],
      ...[load.completedIterations, load.failedIterations, load.interruptedIterations, load.droppedIterations],
      ...[load.startedUsers, load.failedStarts, unawaitedJson(load)],
      ...[users.peak, JSON.stringify([...users.byClass]), userSecondsJson(users, widthMs)],
      ...[checksJson(load), metricsJson(load), tasksJson(load)],
      ...schedulingValues(load),
    );
  }
}

const upsertWindow = upsert("windows", ["run", "start_ms"], `width_ms, endpoints, bytes, ${windowColumns}`);
const upsertEndpoint = upsert("window_endpoints", ["run", "start_ms", "endpoint"], endpointColumns);

/**
 * Returns an INSERT that updates an existing row in place: with `INSERT OR REPLACE`, a window would lose its endpoints.
 */
function upsert(table: string, key: readonly string[], columns: string): string {
  const others = columns.split(",").map((name) => name.trim());
  const values = others.filter((name) => !key.includes(name));
  const all = [...key, ...values];
  return `INSERT INTO ${table} (${all.join(", ")}) VALUES (${all.map(() => "?").join(", ")})
    ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${values.map((name) => `${name} = excluded.${name}`).join(", ")}`;
}
