import { hostname } from "node:os";
import type { Batch, WorkerRecord } from "../../store/batch.ts";
import type { RunReader } from "../../store/run-reader.ts";
import type { RunActivity, RunChange, RunRecord } from "../../store/run-record.ts";
import type { RunWriter } from "../../store/run-writer.ts";
import { storeError } from "../../store/storage-fault.ts";
import { Store } from "../../store/store.ts";
import { StoreError } from "../../store/store-error.ts";
import type { Ledger } from "./ledger.ts";
import type { RunBatch, RunProgress, RunStorage, StoredWorker } from "./run-storage.ts";

/** A run in the store, written by its master. If the store fails, the run is copied into a store in memory. */
export class StoredRun implements RunStorage {
  readonly #file: Store;
  readonly #runId: string;
  readonly #readAt: RunActivity | null;
  /** The store in memory after a fault; "lost" if the run could not be copied into it. */
  #memory: Store | "lost" | null = null;
  #writer: RunWriter | null = null;
  /** The writer of the file, kept after a fault: it knows whether another master has taken over the run. */
  #fileWriter: RunWriter | null = null;
  /** The last written value of setup. */
  #setup: RunProgress["setup"] | null = null;

  /** @param readAt the activity of a resumed run before it was read: the run must not have been written since */
  constructor(store: Store, runId: string, readAt: RunActivity | null = null) {
    this.#file = store;
    this.#runId = runId;
    this.#readAt = readAt;
  }

  get path(): string {
    return this.#store.path;
  }

  /** Whether the file has only a part of the run. */
  get hasFailed(): boolean {
    return this.#memory !== null;
  }

  /** Reads the record of the run; undefined if it is not in the store. @throws StoreError */
  run(): RunRecord | undefined {
    return this.#store.run(this.#runId);
  }

  /**
   * Returns a reader of the stored measurements: from the file, or from memory if the file cannot be opened.
   * @throws StoreError when neither has them
   */
  reader(): RunReader {
    if (this.#memory !== null) return this.#store.reader(this.#runId);
    try {
      this.#file.requireInPlace();
      return this.#file.reader(this.#runId);
    } catch (error) {
      if (!(error instanceof StoreError) || !this.continueInMemory()) throw error;
      return this.#store.reader(this.#runId);
    }
  }

  check(): void {
    if (this.#readAt === null || this.#writer !== null) return;
    const { writers, activeAt } = this.#file.activity(this.#runId);
    if (writers === this.#readAt.writers && activeAt === this.#readAt.activeAt) return;
    throw storeError("store-run-taken", this.#file.path, this.#runId);
  }

  continueInMemory(): boolean {
    if (this.#memory !== null) return false;
    const memory = Store.inMemory();
    this.#fileWriter = this.#writer;
    this.#writer = null;
    try {
      this.#file.copyRun(this.#runId, memory);
      this.#memory = memory;
      return true;
    } catch {
      // The caller reports the failure of the store.
      memory.close();
      this.#memory = "lost";
      return false;
    }
  }

  save({ windows, health, workers, events, operations: controls, shared, observed, ledger, state }: RunBatch): void {
    const run = { activeAt: new Date().toISOString(), ...(state === null ? {} : this.#changeOf(state)) };
    this.#write({
      windows,
      health,
      workers: workers.map((one) => rowOf(one, ledger)),
      events,
      controls,
      shared,
      observed,
      ledger,
      run,
    });
    if (state !== null) this.#setup = state.setup;
  }

  /**
   * Stores that the run has finished and cannot be resumed. @param ended the data that the result needs besides the
   * measurements
   */
  saveEnd(ended: unknown): void {
    this.#write({ run: { state: "finished", ended } });
  }

  /**
   * Writes the result; after a fault, to the file as well, if that is possible again. @throws StoreError when it is not
   */
  saveResult(result: unknown): void {
    const batch = { run: { state: "finished" as const, result } };
    if (this.#memory !== "lost") this.#write(batch);
    if (this.#memory === null) return;
    this.#file.requireInPlace();
    this.#fileWriter ??= this.#file.writer(this.#runId, undefined, this.#readAt ?? undefined);
    this.#fileWriter.commit(batch);
  }

  /** Frees the memory that the run takes after a fault. */
  close(): void {
    if (this.#memory instanceof Store) this.#memory.close();
  }

  isTaken(error: unknown): boolean {
    return error instanceof StoreError && error.code === "store-run-taken";
  }

  isLocked(error: unknown): boolean {
    return error instanceof StoreError && error.code === "store-locked";
  }

  /**
   * Writes a batch. The first write takes over the run from its previous master. It is not taken over earlier, because
   * this master may never begin.
   */
  #write(batch: Batch): void {
    if (this.#memory === null) this.#file.requireInPlace();
    this.#writer ??= this.#newWriter();
    this.#writer.commit(batch);
  }

  /**
   * Converts the progress for the store, which has other names for two fields. The value of setup can be large, so it
   * is only written when it has changed.
   */
  #changeOf({ phase, startedAt, setup, endedEarly, notTakenOver, ...rest }: RunProgress): RunChange {
    return {
      state: phase,
      startedAt,
      ...(setup === this.#setup ? {} : { setup }),
      progress: { ...rest, cutShort: endedEarly, untaken: notTakenOver, master: thisMaster },
    };
  }

  #newWriter(): RunWriter {
    const isOfFile = this.#memory === null;
    return this.#store.writer(this.#runId, undefined, (isOfFile ? this.#readAt : null) ?? undefined);
  }

  get #store(): Store {
    if (this.#memory === "lost") throw storeError("store-incomplete", this.#file.path, this.#runId);
    return this.#memory ?? this.#file;
  }
}

/** Identifies this process as the master of its runs. */
export const thisMaster = { host: hostname(), pid: process.pid };

function rowOf({ number, id, host, pid, takenSequence, ...rest }: StoredWorker, ledger: Ledger): WorkerRecord {
  const { committedSequence: _, status: state, ...facts } = rest;
  return {
    number,
    id,
    host,
    pid,
    lastSequence: takenSequence,
    facts: { state, ...facts, reportedToMs: ledger.reportedToMs(number) },
  };
}
