import type { SeriesKind } from "../stats/interval-report.ts";
import { overflowName } from "../stats/interval-report.ts";
import { maxEndpoints } from "../stats/run-totals.ts";
import type { StoreConnection } from "./connection.ts";

/** An endpoint, or a series, which also has samples. */
export interface EndpointName {
  readonly id: number;
  /** The kind of a series, which has no method; null for an endpoint. */
  readonly series: SeriesKind | null;
  readonly method: string;
  readonly name: string;
}

/**
 * Reads the endpoints of a run in order of arrival. Text is read as blobs, because Node.js 22 cuts text at a NUL character.
 */
export function readEndpoints(connection: StoreConnection, run: number): EndpointName[] {
  const rows = connection.all<{ id: number; series: SeriesKind | null; method: Uint8Array; name: Uint8Array }>(
    `SELECT id, series, CAST(method AS BLOB) AS method, CAST(name AS BLOB) AS name FROM endpoints
      WHERE run = ? ORDER BY id`,
    run,
  );
  return rows.map(({ id, series, method, name }) => ({
    id,
    series,
    method: decodedText(method),
    name: decodedText(name),
  }));
}

export function decodedText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** Assigns a number to each endpoint of a run. Beyond the cap of RunTotals, endpoints are merged into one per method. */
export class EndpointTable {
  readonly #connection: StoreConnection;
  readonly #run: number;
  readonly #byName = new Map<string, EndpointName>();
  readonly #byId: EndpointName[] = [];
  #named = 0;

  constructor(connection: StoreConnection, run: number) {
    this.#connection = connection;
    this.#run = run;
    for (const endpoint of readEndpoints(connection, run)) this.#remember(endpoint);
  }

  /** Returns the endpoint under which `method` and `name` are counted. */
  admit(method: string, name: string): EndpointName {
    const found = this.#byName.get(keyOf(null, method, name));
    if (found !== undefined) return found;
    if (name !== overflowName && this.#named === maxEndpoints) return this.admit(method, overflowName);
    return this.#add(null, method, name);
  }

  admitSeries(series: SeriesKind, name: string): EndpointName {
    return this.#byName.get(keyOf(series, "", name)) ?? this.#add(series, "", name);
  }

  at(id: number): EndpointName {
    return this.#byId[id] as EndpointName;
  }

  #add(series: SeriesKind | null, method: string, name: string): EndpointName {
    const added = { id: this.#byId.length, series, method, name };
    this.#connection.run(
      "INSERT INTO endpoints (run, id, series, method, name) VALUES (?, ?, ?, ?, ?)",
      ...[this.#run, added.id, series, method, name],
    );
    this.#remember(added);
    return added;
  }

  #remember(endpoint: EndpointName): void {
    const { series, method, name } = endpoint;
    this.#byName.set(keyOf(series, method, name), endpoint);
    this.#byId.push(endpoint);
    if (series === null && name !== overflowName) this.#named++;
  }
}

function keyOf(series: SeriesKind | null, method: string, name: string): string {
  return `${series ?? ""} ${method} ${name}`;
}
