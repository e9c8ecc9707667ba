import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { busyTimeoutMs, storageFault } from "./storage-fault.ts";

/**
 * The limits of SQLite, such as the largest value of a column and the longest statement, in bytes: the file may be
 * untrusted. The largest value that muster writes is a data file of a test.
 */
const limits = { length: 300_000_000, sqlLength: 1_000_000, attach: 2, variableNumber: 1_000, triggerDepth: 20 };

/** A connection to the database file. Problems with the file or its disk are thrown as StoreError. */
export class StoreConnection {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, { readOnly = false } = {}) {
    this.path = path;
    this.#database = this.guard(() => new DatabaseSync(path, { readOnly, defensive: true, limits }));
    this.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    // The schema is untrusted, too: it must not call functions with side effects. Cells that exceed their page are an
    // error.
    this.exec("PRAGMA trusted_schema = OFF");
    this.exec("PRAGMA cell_size_check = ON");
  }

  exec(sql: string): void {
    this.guard(() => this.#database.exec(sql));
  }

  /** Runs a statement and returns the number of changed rows. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.guard(() => Number(this.#statement(sql).run(...values).changes));
  }

  /** Returns the first row; undefined if there is none. `Row` declares the columns. */
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.guard(() => this.#statement(sql).get(...values) as Row | undefined);
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.guard(() => this.#statement(sql).all(...values) as Row[]);
  }

  /** Iterates over rows that do not fit into memory. Read them to the end before the next use of `sql`. */
  *each<Row>(sql: string, ...values: SQLInputValue[]): Generator<Row, void, void> {
    const rows = this.guard(() => this.#statement(sql).iterate(...values));
    try {
      for (;;) {
        const { done, value } = this.guard(() => rows.next());
        if (done) return;
        yield value as Row;
      }
    } finally {
      rows.return?.();
    }
  }

  /**
   * Runs `work` in a transaction: all its writes are committed, or none if it throws or the process ends. Returns the
   * result of `work`.
   * @param lock IMMEDIATE takes the write lock at once, because a transaction that begins by reading can fail when it
   * first writes; DEFERRED locks only what `work` uses
   */
  transaction<Result>(work: () => Result, lock: "IMMEDIATE" | "DEFERRED" = "IMMEDIATE"): Result {
    this.exec(`BEGIN ${lock}`);
    try {
      const result = work();
      this.exec("COMMIT");
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** Runs `action` and converts faults of the file to StoreError; other errors are defects. */
  guard<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw storageFault(error, this.path);
    }
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.guard(() => this.#database.close());
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #rollBack(): void {
    try {
      // SQLite has already rolled back after some errors, such as a full disk.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    } catch {
      // The original error is more useful.
    }
  }
}
