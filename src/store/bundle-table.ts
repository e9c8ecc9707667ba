import type { StoreConnection } from "./connection.ts";
import type { StoredBundle } from "./run-record.ts";

const addPart = "INSERT INTO data_parts SELECT ?1, ?2 WHERE ?1 NOT IN (SELECT hash FROM data_parts)";

/** The bundles of the runs. Their code and data files are kept only while a run that may be resumed needs them. */
export class BundleTable {
  readonly #connection: StoreConnection;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
  }

  /** Stores a bundle. Call it, like all methods that change the table, within a transaction. */
  keep({ hash, source, data }: StoredBundle): void {
    const add = "INSERT INTO bundles VALUES (?, ?) ON CONFLICT DO UPDATE SET source = excluded.source";
    this.#connection.run(add, hash, source);
    for (const part of data) {
      this.#connection.run(addPart, part.hash, part.bytes);
      // A second call frees the copy of the bytes that the statement keeps of its last parameters.
      this.#connection.run(addPart, part.hash, new Uint8Array());
      this.#connection.run("INSERT INTO bundle_parts VALUES (?, ?) ON CONFLICT DO NOTHING", hash, part.hash);
    }
  }

  find(hash: string): StoredBundle | undefined {
    const found = this.#connection.get<{ source: string }>("SELECT source FROM bundles WHERE hash = ?", hash);
    if (found === undefined) return undefined;
    const data = this.#connection.all<{ hash: string; bytes: Uint8Array }>(
      "SELECT hash, bytes FROM data_parts JOIN bundle_parts ON part = hash WHERE bundle = ? ORDER BY hash",
      hash,
    );
    return { hash, source: found.source, data };
  }

  /** Deletes the code and the data files that only finished runs refer to: secrets may be in them. */
  dropData(): void {
    const isFinished = "NOT IN (SELECT bundle_hash FROM runs WHERE state <> 'finished')";
    this.#connection.run(`UPDATE bundles SET source = '' WHERE source <> '' AND hash ${isFinished}`);
    this.#connection.run(`DELETE FROM bundle_parts WHERE bundle ${isFinished}`);
    this.#connection.run("DELETE FROM data_parts WHERE hash NOT IN (SELECT part FROM bundle_parts)");
  }

  /** Deletes the bundles that no run refers to. */
  dropUnused(): void {
    this.#connection.run("DELETE FROM bundles WHERE hash NOT IN (SELECT bundle_hash FROM runs)");
    this.dropData();
  }
}
