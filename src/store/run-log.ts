import type {
  Batch,
  ControlRecord,
  EventRecord,
  LedgerRecord,
  MissingRecord,
  SharedRecord,
  WorkerRecord,
} from "./batch.ts";
import type { StoreConnection } from "./connection.ts";

/** The records of a run besides its measurements: workers, events, control operations, shared values and the ledger of reports. */
export class RunLog {
  readonly #connection: StoreConnection;
  readonly #run: number;

  constructor(connection: StoreConnection, run: number) {
    this.#connection = connection;
    this.#run = run;
  }

  add({ workers = [], events = [], controls = [], shared = [], ledger }: Batch): void {
    for (const worker of workers) this.#putWorker(worker);
    for (const { atMs, kind, text } of events) {
      this.#connection.run(`INSERT INTO events ${nextOf("events")}, ?, ?, ?`, this.#run, this.#run, atMs, kind, text);
    }
    for (const { atMs, operation } of controls) {
      const json = JSON.stringify(operation);
      this.#connection.run(`INSERT INTO controls ${nextOf("controls")}, ?, ?`, this.#run, this.#run, atMs, json);
    }
    for (const record of shared) this.#putShared(record);
    if (ledger !== undefined) this.#putLedger(ledger);
  }

  workers(): WorkerRecord[] {
    const rows = this.#connection.all<Omit<WorkerRecord, "facts"> & { facts: string }>(
      `SELECT number, id, host, pid, last_sequence AS lastSequence, facts FROM workers WHERE run = ? ORDER BY number`,
      this.#run,
    );
    return this.#connection.guard(() => rows.map((row) => ({ ...row, facts: JSON.parse(row.facts) as unknown })));
  }

  /** Returns the events in the order in which they were added. */
  events(): EventRecord[] {
    const sql = "SELECT at_ms AS atMs, kind, text FROM events WHERE run = ? ORDER BY position";
    return this.#connection.all<EventRecord>(sql, this.#run).map((row) => ({ ...row }));
  }

  /** Returns the control operations in the order in which they were added. */
  controls(): ControlRecord[] {
    const rows = this.#connection.all<{ atMs: number; operation: string }>(
      "SELECT at_ms AS atMs, operation FROM controls WHERE run = ? ORDER BY position",
      this.#run,
    );
    return this.#connection.guard(() =>
      rows.map(({ atMs, operation }) => ({ atMs, operation: JSON.parse(operation) as unknown })),
    );
  }

  /** Returns the shared values, sorted by the texts of their scopes and keys. */
  shared(): SharedRecord[] {
    const rows = this.#connection.all<{ scope: string; key: string; value: string }>(
      "SELECT scope, key, value FROM shared_values WHERE run = ? ORDER BY scope, key",
      this.#run,
    );
    return this.#connection.guard(() =>
      rows.map(({ scope, key, value }) => ({ scope, key, value: JSON.parse(value) as unknown })),
    );
  }

  ledger(): LedgerRecord {
    const sql = "SELECT reports, duplicates FROM runs WHERE number = ?";
    const counts = this.#connection.get<Omit<LedgerRecord, "missing">>(sql, this.#run);
    return { reports: counts?.reports ?? 0, duplicates: counts?.duplicates ?? 0, missing: this.#missing() };
  }

  #putWorker({ number, id, host, pid, lastSequence, facts }: WorkerRecord): void {
    this.#connection.run(
      `INSERT INTO workers VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET id = excluded.id,
        host = excluded.host, pid = excluded.pid, last_sequence = excluded.last_sequence, facts = excluded.facts`,
      ...[this.#run, number, id, host, pid, lastSequence, JSON.stringify(facts)],
    );
  }

  #putShared({ scope, key, value }: SharedRecord): void {
    if (value === undefined) {
      const sql = "DELETE FROM shared_values WHERE run = ? AND scope = ? AND key = ?";
      this.#connection.run(sql, this.#run, scope, key);
      return;
    }
    this.#connection.run(
      "INSERT INTO shared_values VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      ...[this.#run, scope, key, JSON.stringify(value)],
    );
  }

  #putLedger({ reports, duplicates, missing }: LedgerRecord): void {
    const sql = "UPDATE runs SET reports = ?, duplicates = ? WHERE number = ?";
    this.#connection.run(sql, reports, duplicates, this.#run);
    // A gap can close again if a lost worker returns, so all gaps are replaced. There are few of them.
    if (JSON.stringify(missing.map(gapOf)) === JSON.stringify(this.#missing())) return;
    this.#connection.run("DELETE FROM missing WHERE run = ?", this.#run);
    missing.forEach(({ worker, firstSequence, lastSequence, fromMs, toMs }, position) => {
      const values = [position, worker, firstSequence, lastSequence, fromMs, toMs];
      this.#connection.run("INSERT INTO missing VALUES (?, ?, ?, ?, ?, ?, ?)", this.#run, ...values);
    });
  }

  #missing(): MissingRecord[] {
    const rows = this.#connection.all<MissingRecord>(
      `SELECT worker, first_sequence AS firstSequence, last_sequence AS lastSequence, from_ms AS fromMs, to_ms AS toMs
        FROM missing WHERE run = ? ORDER BY position`,
      this.#run,
    );
    return rows.map(gapOf);
  }
}

/** Returns the start of an INSERT for a row after all others of the run. It needs the run as parameter twice. */
function nextOf(table: "events" | "controls"): string {
  return `SELECT ?, (SELECT coalesce(max(position) + 1, 0) FROM ${table} WHERE run = ?)`;
}

function gapOf({ worker, firstSequence, lastSequence, fromMs, toMs }: MissingRecord): MissingRecord {
  return { worker, firstSequence, lastSequence, fromMs, toMs };
}
