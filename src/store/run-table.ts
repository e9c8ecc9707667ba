import { hideSecrets, hideSecretsIn } from "../core/redaction/known-secrets.ts";
import type { RunPhase } from "../core/run.ts";
import { BundleTable } from "./bundle-table.ts";
import type { StoreConnection } from "./connection.ts";
import type { NewRun, RunActivity, RunChange, RunRecord, RunSummary, StoredBundle } from "./run-record.ts";
import { storeError } from "./storage-fault.ts";

interface SummaryRow {
  readonly id: string;
  readonly created_at: string;
  readonly state: RunPhase;
  readonly test_name: string;
  readonly profile: string;
  readonly host: string;
  readonly bundle_hash: string;
  readonly started_at: string | null;
  readonly active_at: string | null;
  readonly name: string | null;
  readonly tags: string;
}

interface RunRow extends SummaryRow {
  readonly specification: string;
  readonly facts: string | null;
  readonly progress: string | null;
  readonly setup: string | null;
  readonly ended: string | null;
  readonly result: string | null;
}

const summaryColumns =
  "id, created_at, state, test_name, profile, host, bundle_hash, started_at, active_at, name, tags";
const newestFirst = "ORDER BY created_at DESC, number DESC";

/** The table of runs. */
export class RunTable {
  readonly #connection: StoreConnection;
  readonly #bundles: BundleTable;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
    this.#bundles = new BundleTable(connection);
  }

  create(run: NewRun): void {
    const { id, createdAt, testName, profile, host, bundle, specification, facts } = run;
    this.#connection.transaction(() => {
      this.#bundles.keep(bundle);
      this.#connection.run(
        `INSERT INTO runs (id, created_at, state, test_name, profile, host, bundle_hash, specification, facts)
          VALUES (?, ?, 'waiting', ?, ?, ?, ?, ?, ?)`,
        ...[id, createdAt, hideSecrets(testName), hideSecrets(profile), hideSecrets(host), bundle.hash],
        ...[JSON.stringify(specification), jsonOrNull(hideSecretsIn(facts))],
      );
    });
  }

  change(id: string, change: RunChange): void {
    const { state, startedAt, activeAt, setup, progress, ended, result } = change;
    const changed = this.#connection.run(
      `UPDATE runs SET state = coalesce(?, state), started_at = coalesce(?, started_at),
        active_at = coalesce(?, active_at), setup = coalesce(?, setup),
        progress = coalesce(?, progress), ended = coalesce(?, ended), result = coalesce(?, result) WHERE id = ?`,
      ...[
        state ?? null,
        startedAt ?? null,
        activeAt ?? null,
        jsonOrNull(setup),
        jsonOrNull(progress),
        jsonOrNull(hideSecretsIn(ended)),
        jsonOrNull(hideSecretsIn(result)),
        id,
      ],
    );
    this.#requireOne(changed, id);
    if (state === "finished") this.#dropUnneeded(id);
  }

  /** Names a run; null removes the name. */
  rename(id: string, name: string | null): void {
    this.#connection.transaction(() => {
      this.#connection.run("UPDATE runs SET name = NULL WHERE name = ?", name);
      this.#changeOne("UPDATE runs SET name = ? WHERE id = ?", name, id);
    });
  }

  retag(id: string, tags: readonly string[]): void {
    this.#changeOne("UPDATE runs SET tags = ? WHERE id = ?", JSON.stringify([...new Set(tags)].sort()), id);
  }

  bundle(hash: string): StoredBundle | undefined {
    return this.#bundles.find(hash);
  }

  find(id: string): RunRecord | undefined {
    const row = this.#connection.get<RunRow>(
      `SELECT ${summaryColumns}, specification, facts, progress, setup, ended, result FROM runs WHERE id = ?`,
      id,
    );
    return row === undefined ? undefined : this.#connection.guard(() => recordOf(row));
  }

  activity(id: string): RunActivity {
    const sql = "SELECT writer AS writers, active_at AS activeAt FROM runs WHERE id = ?";
    const found = this.#connection.get<RunActivity>(sql, id);
    if (found === undefined) throw storeError("store-run-unknown", this.#connection.path, id);
    return { ...found };
  }

  newestFirst(): RunSummary[] {
    return this.#summaries(`SELECT ${summaryColumns} FROM runs ${newestFirst}`);
  }

  unfinished(): RunSummary[] {
    return this.#summaries(`SELECT ${summaryColumns} FROM runs WHERE state <> 'finished' ${newestFirst}`);
  }

  remove(id: string): void {
    this.#connection.transaction(() => {
      this.#connection.run("DELETE FROM runs WHERE id = ?", id);
      this.#bundles.dropUnused();
    });
  }

  /** Returns the number of the run, which is its key in all other tables. */
  numberOf(id: string): number {
    const found = this.#connection.get<{ number: number }>("SELECT number FROM runs WHERE id = ?", id);
    if (found === undefined) throw storeError("store-run-unknown", this.#connection.path, id);
    return found.number;
  }

  /**
   * Deletes the data that is only needed to resume the run: logins may be in it. Its place in the file is overwritten.
   */
  #dropUnneeded(id: string): void {
    this.#connection.get("PRAGMA secure_delete = ON");
    this.#connection.run("UPDATE runs SET setup = NULL WHERE id = ? AND setup IS NOT NULL", id);
    const ofRun = "(SELECT number FROM runs WHERE id = ?)";
    this.#connection.run(`DELETE FROM shared_values WHERE scope = 'once' AND run = ${ofRun}`, id);
    this.#bundles.dropData();
    this.#connection.get("PRAGMA secure_delete = OFF");
  }

  #changeOne(sql: string, value: string | null, id: string): void {
    this.#requireOne(this.#connection.run(sql, value, id), id);
  }

  #requireOne(changed: number, id: string): void {
    if (changed === 0) throw storeError("store-run-unknown", this.#connection.path, id);
  }

  #summaries(sql: string): RunSummary[] {
    const rows = this.#connection.all<SummaryRow>(sql);
    return this.#connection.guard(() => rows.map(summaryOf));
  }
}

function summaryOf(row: SummaryRow): RunSummary {
  return {
    id: row.id,
    createdAt: row.created_at,
    state: row.state,
    testName: row.test_name,
    profile: row.profile,
    host: row.host,
    bundleHash: row.bundle_hash,
    startedAt: row.started_at,
    activeAt: row.active_at,
    name: row.name,
    tags: JSON.parse(row.tags) as string[],
  };
}

function recordOf(row: RunRow): RunRecord {
  const specification: unknown = JSON.parse(row.specification);
  return {
    ...summaryOf(row),
    specification,
    facts: parsedOrNull(row.facts),
    progress: parsedOrNull(row.progress),
    setup: parsedOrNull(row.setup),
    ended: parsedOrNull(row.ended),
    result: parsedOrNull(row.result),
  };
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

function parsedOrNull(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
