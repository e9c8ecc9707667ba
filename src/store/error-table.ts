import type { ErrorCount } from "../stats/interval-report.ts";
import { isOverflow, maxErrors, overflowOf } from "../stats/run-totals.ts";
import type { Connection } from "./connection.ts";
import { textOf } from "./endpoint-table.ts";

/** The errors of a run. As blobs: Node.js 22 cuts text at a NUL character. */
export function readErrors(connection: Connection, run: number): ErrorCount[] {
  const rows = connection.all<{
    method: Uint8Array;
    name: Uint8Array;
    kind: string;
    message: Uint8Array;
    count: number;
    stack: Uint8Array;
  }>(
    `SELECT CAST(method AS BLOB) AS method, CAST(name AS BLOB) AS name, kind, CAST(message AS BLOB) AS message, count,
      CAST(stack AS BLOB) AS stack FROM errors WHERE run = ?`,
    run,
  );
  return rows.map(({ method, name, kind, message, count, stack }) => {
    return {
      method: textOf(method),
      name: textOf(name),
      kind: kind as ErrorCount["kind"],
      message: textOf(message),
      count,
      stack: textOf(stack),
    };
  });
}

/** Counts the errors of a run under the cap of RunTotals. */
export class ErrorTable {
  readonly #connection: Connection;
  readonly #run: number;
  #named: number;

  constructor(connection: Connection, run: number) {
    this.#connection = connection;
    this.#run = run;
    this.#named = readErrors(connection, run).filter((error) => !isOverflow(error)).length;
  }

  add(error: ErrorCount): void {
    const { method, name, kind, message, count, stack } = error;
    // Which stack is kept: see `keptStack`.
    const known = this.#connection.run(
      `UPDATE errors SET count = count + ?, stack = iif(stack = '' OR (? <> '' AND ? < stack), ?, stack)
        WHERE run = ? AND method = ? AND name = ? AND kind = ? AND message = ?`,
      ...[count, stack, stack, stack, this.#run, method, name, kind, message],
    );
    if (known > 0) return;
    if (!isOverflow(error)) {
      if (this.#named === maxErrors) {
        this.add(overflowOf(error));
        return;
      }
      this.#named++;
    }
    const sql = "INSERT INTO errors VALUES (?, ?, ?, ?, ?, ?, ?)";
    this.#connection.run(sql, this.#run, method, name, kind, message, count, stack);
  }
}
