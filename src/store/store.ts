import { join } from "node:path";
import type { StoreConnection } from "./connection.ts";
import { openDatabase } from "./open-database.ts";
import { RunReader } from "./run-reader.ts";
import type { NewRun, RunChange, RunRecord, RunSummary, StoredBundle } from "./run-record.ts";
import { RunTable } from "./run-table.ts";
import { RunWriter } from "./run-writer.ts";
import type { WindowLimits } from "./windows/window-budget.ts";

/** The runs of a folder, in one file. Several processes can use it at the same time. All methods throw StoreError. */
export class Store {
  readonly path: string;
  readonly #connection: StoreConnection;
  readonly #runs: RunTable;

  private constructor(connection: StoreConnection) {
    this.path = connection.path;
    this.#connection = connection;
    this.#runs = new RunTable(connection);
  }

  /** Opens the store in `folder`; creates it, and the folder, if it does not exist. */
  static open(folder: string): Store {
    return new Store(openDatabase(join(folder, "muster.db")));
  }

  createRun(run: NewRun): void {
    this.#runs.create(run);
  }

  /** Changes a run that has no writer; a writer changes its run with its commits. */
  changeRun(id: string, change: RunChange): void {
    this.#runs.change(id, change);
  }

  /** Names a run; null removes the name. A name is unique: the run that had it loses it. */
  nameRun(id: string, name: string | null): void {
    this.#runs.rename(id, name);
  }

  /** Replaces the tags of a run. */
  tagRun(id: string, tags: readonly string[]): void {
    this.#runs.retag(id, tags);
  }

  /** Deletes a run with all its measurements. The file keeps its size; the space is reused. */
  removeRun(id: string): void {
    this.#runs.remove(id);
  }

  run(id: string): RunRecord | undefined {
    return this.#runs.find(id);
  }

  /** Lists all runs, the newest first. */
  runs(): RunSummary[] {
    return this.#runs.newestFirst();
  }

  /** Lists the runs that a master can resume, the newest first. */
  unfinishedRuns(): RunSummary[] {
    return this.#runs.unfinished();
  }

  /** Returns the bundle with this hash (`bundleHash` of a run). */
  bundle(hash: string): StoredBundle | undefined {
    return this.#runs.bundle(hash);
  }

  /** Opens the run for writing and revokes any earlier writer. */
  writer(id: string, limits?: WindowLimits): RunWriter {
    return new RunWriter(this.#connection, id, limits);
  }

  /** Opens a snapshot of the run; close it soon. */
  reader(id: string): RunReader {
    return new RunReader(this.path, id);
  }

  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
