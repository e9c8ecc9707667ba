import { SlowestRequests, type SlowRequest } from "../stats/evidence/slow-request.ts";
import type { StoreConnection } from "./connection.ts";
import { decodedText } from "./endpoint-table.ts";

/** Reads the slowest sampled requests of a run. */
export function readSlowest(connection: StoreConnection, run: number): SlowRequest[] {
  const rows = connection.all<{ requests: Uint8Array }>(
    "SELECT CAST(requests AS BLOB) AS requests FROM slowest WHERE run = ?",
    run,
  );
  return rows.flatMap(({ requests }) => {
    return connection.guard(() => JSON.parse(decodedText(requests)) as SlowRequest[]);
  });
}

/** Keeps the slowest sampled requests of each endpoint of a run. */
export class SlowTable {
  readonly #connection: StoreConnection;
  readonly #run: number;
  readonly #slowest = new SlowestRequests();

  constructor(connection: StoreConnection, run: number) {
    this.#connection = connection;
    this.#run = run;
    for (const slow of readSlowest(connection, run)) this.#slowest.add(slow);
  }

  addAll(requests: Iterable<SlowRequest>): void {
    const changed = new Map<string, SlowRequest>();
    for (const slow of requests) {
      if (!this.#slowest.takes(slow, slow.responseMs)) continue;
      this.#slowest.add(slow);
      changed.set(`${slow.method} ${slow.name}`, slow);
    }
    for (const { method, name } of changed.values()) {
      const kept = JSON.stringify(this.#slowest.of({ method, name }));
      const sql = "INSERT OR REPLACE INTO slowest VALUES (?, ?, ?, ?)";
      this.#connection.run(sql, this.#run, method, name, kept);
    }
  }
}
