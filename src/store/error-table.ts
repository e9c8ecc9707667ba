import { type CountedError, isOverflow, keptWorkers, maxErrors, overflowOf } from "../stats/error-totals.ts";
import type { StoreConnection } from "./connection.ts";
import { decodedText } from "./endpoint-table.ts";

/** The errors of a run. As blobs: Node.js 22 cuts text at a NUL character. */
export function readErrors(connection: StoreConnection, run: number): CountedError[] {
  const rows = connection.all<{
    method: Uint8Array;
    name: Uint8Array;
    kind: string;
    message: Uint8Array;
    count: number;
    stack: Uint8Array;
    workers: string | null;
  }>(
    `SELECT CAST(method AS BLOB) AS method, CAST(name AS BLOB) AS name, kind, CAST(message AS BLOB) AS message, count,
      CAST(stack AS BLOB) AS stack, workers FROM errors WHERE run = ?`,
    run,
  );
  return rows.map(({ method, name, kind, message, count, stack, workers }) => {
    return {
      method: decodedText(method),
      name: decodedText(name),
      kind: kind as CountedError["kind"],
      message: decodedText(message),
      count,
      stack: decodedText(stack),
      ...(workers === null ? {} : { workers: connection.guard(() => JSON.parse(workers) as number[]) }),
    };
  });
}

const ofError = "WHERE run = ? AND method = ? AND name = ? AND kind = ? AND message = ?";

/** Counts the errors of a run under the cap of RunTotals. */
export class ErrorTable {
  readonly #connection: StoreConnection;
  readonly #run: number;
  #named: number;

  constructor(connection: StoreConnection, run: number) {
    this.#connection = connection;
    this.#run = run;
    this.#named = readErrors(connection, run).filter((error) => !isOverflow(error)).length;
  }

  add(error: CountedError): void {
    const { method, name, kind, message, count, stack } = error;
    const workers = this.#workersOf(error);
    // Which stack is kept: see `keptStack` of run-totals.ts.
    const known = this.#connection.run(
      `UPDATE errors SET count = count + ?, stack = iif(stack = '' OR (? <> '' AND ? < stack), ?, stack),
        workers = coalesce(?, workers) ${ofError}`,
      ...[count, stack, stack, stack, workers, this.#run, method, name, kind, message],
    );
    if (known > 0) return;
    if (!isOverflow(error)) {
      if (this.#named === maxErrors) {
        this.add(overflowOf(error));
        return;
      }
      this.#named++;
    }
    const sql = "INSERT INTO errors VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    this.#connection.run(sql, this.#run, method, name, kind, message, count, stack, workers);
  }

  /** With those that are known already, as JSON; null when `error` names none. */
  #workersOf({ method, name, kind, message, workers }: CountedError): string | null {
    if (workers === undefined) return null;
    const known = this.#connection.get<{ workers: string | null }>(
      `SELECT workers FROM errors ${ofError}`,
      ...[this.#run, method, name, kind, message],
    );
    const before = this.#connection.guard(() => JSON.parse(known?.workers ?? "[]") as number[]);
    return JSON.stringify(keptWorkers(before, workers));
  }
}
