import { join } from "node:path";
import type { StoreConnection } from "./connection.ts";
import { openDatabase } from "./open-database.ts";
import { RunReader } from "./run-reader.ts";
import type { NewRun, RunChange, RunRecord, RunSummary, StoredBundle } from "./run-record.ts";
import { RunTable } from "./run-table.ts";
import { RunWriter } from "./run-writer.ts";
import type { WindowLimits } from "./windows/window-budget.ts";

/** The runs of a folder, in one file. Several processes may use it at the same time. Everything here throws StoreError. */
export class Store {
  readonly path: string;
  readonly #connection: StoreConnection;
  readonly #runs: RunTable;

  private constructor(connection: StoreConnection) {
    this.path = connection.path;
    this.#connection = connection;
    this.#runs = new RunTable(connection);
  }

  /** Opens the store in `folder`; creates it, with the folder, when there is none. */
  static open(folder: string): Store {
    return new Store(openDatabase(join(folder, "muster.db")));
  }

  createRun(run: NewRun): void {
    this.#runs.create(run);
  }

  /** For a run that nobody writes; who does changes it with what is committed. */
  changeRun(id: string, change: RunChange): void {
    this.#runs.change(id, change);
  }

  /** A name is of one run at a time: whichever had it loses it. Null takes it away. */
  nameRun(id: string, name: string | null): void {
    this.#runs.rename(id, name);
  }

  /** These in place of those that it had. */
  tagRun(id: string, tags: readonly string[]): void {
    this.#runs.retag(id, tags);
  }

  /** With all that was measured in it. The file keeps its size; its space is used again. */
  removeRun(id: string): void {
    this.#runs.remove(id);
  }

  run(id: string): RunRecord | undefined {
    return this.#runs.find(id);
  }

  /** The newest first. */
  runs(): RunSummary[] {
    return this.#runs.newestFirst();
  }

  /** Those that a master can resume, the newest first. */
  unfinishedRuns(): RunSummary[] {
    return this.#runs.unfinished();
  }

  /** Of the test that a run's `bundleHash` names. */
  bundle(hash: string): StoredBundle | undefined {
    return this.#runs.bundle(hash);
  }

  /** Takes the run for writing, from whoever had it before. */
  writer(id: string, limits?: WindowLimits): RunWriter {
    return new RunWriter(this.#connection, id, limits);
  }

  /** The run as it is now; to be closed soon. */
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
