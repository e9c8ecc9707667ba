import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { busyTimeoutMs, storageFault } from "./storage-fault.ts";

/** One connection to the file. Whatever is wrong with the file or its disk is thrown as a StoreError. */
export class StoreConnection {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, { readOnly = false } = {}) {
    this.path = path;
    this.#database = this.guard(() => new DatabaseSync(path, { readOnly }));
    this.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  }

  exec(sql: string): void {
    this.guard(() => this.#database.exec(sql));
  }

  /** Returns how many rows were changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.guard(() => Number(this.#statement(sql).run(...values).changes));
  }

  /** The first row; undefined when there is none. `Row` is what the caller knows of its columns. */
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.guard(() => this.#statement(sql).get(...values) as Row | undefined);
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.guard(() => this.#statement(sql).all(...values) as Row[]);
  }

  /** The rows one after another, for more than fit into memory. To be read to the end before the next use of `sql`. */
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

  /** All that `work` writes, or nothing of it when it throws or the process ends within. Returns what `work` does. */
  transaction<Result>(work: () => Result): Result {
    // At once for writing: a transaction that begins by reading can be refused when it comes to write.
    this.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.exec("COMMIT");
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** Runs `action`, telling faults of the file from defects. */
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
      // What made it necessary says more.
    }
  }
}
