import { statSync } from "node:fs";
import { join } from "node:path";
import type { StoreConnection } from "./connection.ts";
import { copyRun } from "./copy-run.ts";
import { openDatabase, openMemoryDatabase } from "./open-database.ts";
import { RunReader } from "./run-reader.ts";
import type { NewRun, RunActivity, RunChange, RunRecord, RunSummary, StoredBundle } from "./run-record.ts";
import { RunTable } from "./run-table.ts";
import { RunWriter } from "./run-writer.ts";
import { storeError } from "./storage-fault.ts";
import { requireSound } from "./store-form.ts";
import type { WindowLimits } from "./windows/window-budget.ts";

/** The runs of a folder, in one file. Several processes can use it at the same time. All methods throw StoreError. */
export class Store {
  readonly path: string;
  readonly #connection: StoreConnection;
  readonly #runs: RunTable;
  /** Device and inode of the file; null for a store in memory. */
  readonly #file: string | null;

  private constructor(connection: StoreConnection, isFile = true) {
    this.path = connection.path;
    this.#file = isFile ? fileAt(connection.path) : null;
    this.#connection = connection;
    this.#runs = new RunTable(connection);
  }

  /** Opens the store in `folder`; creates it, and the folder, if it does not exist. */
  static open(folder: string): Store {
    return new Store(openDatabase(join(folder, "muster.db")));
  }

  /** Checks the file, unless it is large: it may be untrusted. @throws StoreError if it is damaged */
  requireSound(): void {
    requireSound(this.#connection);
  }

  /** Refuses all changes from now on. */
  onlyRead(): void {
    this.#connection.exec("PRAGMA query_only = ON");
  }

  /** Creates an empty store in memory. It needs no disk and no descriptor. */
  static inMemory(): Store {
    return new Store(openMemoryDatabase(), false);
  }

  /**
   * Checks that the file is still in its folder. Nothing else would fail: the system lets a process write to a file
   * that was removed.
   */
  requireInPlace(): void {
    if (this.#file === null || fileAt(this.path) === this.#file) return;
    throw storeError("store-io", this.path, "the file was removed or replaced while it was in use");
  }

  /**
   * Copies a run of this store into another store that does not have it. Only reads this store, so its disk may be full.
   */
  copyRun(id: string, to: Store): void {
    copyRun(this.#connection, id, to.path);
  }

  createRun(run: NewRun): void {
    this.#runs.create(run);
  }

  /** Changes a run that has no writer. A writer changes its run through its commits. */
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

  /** Returns the activity of the run, by which a master notices that another one writes it. */
  activity(id: string): RunActivity {
    return this.#runs.activity(id);
  }

  /**
   * Opens the run for writing and revokes any earlier writer.
   * @param after if the run was written since this activity was read, the call throws `store-run-taken`
   */
  writer(id: string, limits?: WindowLimits, after?: RunActivity): RunWriter {
    return new RunWriter(this.#connection, id, limits, after);
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

function fileAt(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev} ${found.ino}`;
}
