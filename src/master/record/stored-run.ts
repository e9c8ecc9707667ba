import * as z from "zod";
import { ThresholdSpans } from "../../analysis/threshold-spans.ts";
import { unjudgedTimes } from "../../analysis/unjudged-time.ts";
import type { RunEvent } from "../../core/run.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import { lifecycleRequest } from "../../report/result/lifecycle-schema.ts";
import { WindowSeries } from "../../stats/window-series.ts";
import type { Batch, WorkerRecord } from "../../store/batch.ts";
import type { RunReader } from "../../store/run-reader.ts";
import type { RunChange, RunRecord } from "../../store/run-record.ts";
import type { RunWriter } from "../../store/run-writer.ts";
import { storeError } from "../../store/storage-fault.ts";
import { Store } from "../../store/store.ts";
import { StoreError } from "../../store/store-error.ts";
import { timedOperation } from "../load/operation.ts";
import { Ledger } from "./ledger.ts";
import type { RestoredRun, RunBatch, RunProgress, RunStorage, StoredWorker } from "./run-storage.ts";

const message = z.string();
/** `Ending` of run-outcome.ts, for those that end a load early. */
const ending = z.strictObject({
  kind: z.enum(["too-few-workers", "threshold-breached", "drifting", "test-code-threw", "defect", "superseded"]),
  message,
});

/** What a master stores of a run besides its measurements. */
const progress = z.strictObject({
  starters: z.array(z.int()),
  signal: z.string().nullable(),
  cutShort: z.strictObject({ ending: ending.nullable() }).nullable(),
  untaken: z.array(z.int()),
  warnings: z.array(z.string()),
  workerUsers: z.array(z.tuple([z.int(), z.int()])),
  lifecycleRequests: z.array(lifecycleRequest),
});

const workerFacts = z.strictObject({
  state: z.enum(["joined", "loading", "ready", "failed", "running", "stopped", "lost", "gone"]),
  hasStarted: z.boolean(),
  requests: z.int(),
  counted: z.array(z.tuple([z.int(), z.int()])),
  /** Not in runs that are older than this. */
  load: z
    .array(z.strictObject({ scenario: z.int(), made: z.number(), late: z.number(), dropped: z.number() }))
    .default([]),
  startSkewMs: z.number().nullable(),
  lastSequence: z.int().nullable(),
  lostBecause: z.string().nullable(),
  reportedToMs: z.number(),
  /** Missing in older runs. */
  p50Ms: z.number().nullable().default(null),
  fileDescriptorLimit: z.int().nullable().default(null),
  userTimeMs: z.array(z.tuple([z.string(), z.number()])).default([]),
});

/** How often it is checked that the file of the store was not removed. */
const checkEveryMs = 1_000;

/** A run in the store, as its master writes it. If the store fails, the run is copied into a store in memory. */
export class StoredRun implements RunStorage {
  readonly #file: Store;
  readonly #runId: string;
  /** The store in memory after a fault; "lost" if the run could not be copied into it. */
  #memory: Store | "lost" | null = null;
  #writer: RunWriter | null = null;
  /** The writer of the file, kept after a fault: it knows whether another master has taken over the run. */
  #fileWriter: RunWriter | null = null;
  #checkedMs = 0;

  constructor(store: Store, runId: string) {
    this.#file = store;
    this.#runId = runId;
  }

  get path(): string {
    return this.#store.path;
  }

  /** Whether the file has only a part of the run. */
  get hasFailed(): boolean {
    return this.#memory !== null;
  }

  /** The stored facts of the run. @throws StoreError */
  run(): RunRecord | undefined {
    return this.#store.run(this.#runId);
  }

  /**
   * The stored measurements, from the file, or from memory if the file cannot be opened.
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
      // The caller reports why the store has failed.
      memory.close();
      this.#memory = "lost";
      return false;
    }
  }

  save({ windows, health, workers, events, operations: controls, ledger, state }: RunBatch): void {
    const run = { activeAt: new Date().toISOString(), ...(state === null ? {} : changeOf(state)) };
    this.#write({
      windows,
      health,
      workers: workers.map((one) => rowOf(one, ledger)),
      events,
      controls,
      ledger,
      run,
    });
  }

  /**
   * Stores that the run has finished and cannot be resumed. @param ended what its result needs besides the measurements
   */
  saveEnd(ended: unknown): void {
    this.#write({ run: { state: "finished", ended } });
  }

  /** After a fault, writes the result to the file if that is possible again. @throws StoreError when it is not */
  saveResult(result: unknown): void {
    const batch = { run: { state: "finished" as const, result } };
    if (this.#memory !== "lost") this.#write(batch);
    if (this.#memory === null) return;
    this.#file.requireInPlace();
    this.#fileWriter ??= this.#file.writer(this.#runId);
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
   * The first write takes over the run from its previous master. This is not done earlier, because this master may
   * never begin.
   */
  #write(batch: Batch): void {
    this.#checkFile();
    this.#writer ??= this.#store.writer(this.#runId);
    this.#writer.commit(batch);
  }

  get #store(): Store {
    if (this.#memory === "lost") throw storeError("store-incomplete", this.#file.path, this.#runId);
    return this.#memory ?? this.#file;
  }

  #checkFile(): void {
    const nowMs = performance.now();
    if (this.#memory !== null || nowMs - this.#checkedMs < checkEveryMs) return;
    this.#checkedMs = nowMs;
    this.#file.requireInPlace();
  }
}

/** The store keeps two fields under the names that they have in stored runs. */
function changeOf({ phase, startedAt, setup, endedEarly, notTakenOver, ...rest }: RunProgress): RunChange {
  return { state: phase, startedAt, setup, progress: { ...rest, cutShort: endedEarly, untaken: notTakenOver } };
}

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

/**
 * Everything that a master needs to resume a run.
 * @throws StoreError when there is no such run, or it cannot be read.
 */
export function restoreRun(store: Store, run: RunRecord, thresholds: readonly Threshold[]): RestoredRun {
  using reader = store.reader(run.id);
  const spans = new ThresholdSpans(thresholds);
  const stored = reader.workers().map((row) => ({ ...row, facts: workerFacts.parse(row.facts) }));
  // A worker that has ended or was lost sends no more reports.
  const working = stored.filter(({ facts }) => facts.state === "running");
  const wholeToMs = Math.min(...working.map(({ facts }) => facts.reportedToMs));
  const { missing } = reader.ledger();
  spans.restore(reader.windows(), wholeToMs, unjudgedTimes({ missing, events: reader.events(), startSkewsMs: [] }));
  const { cutShort, untaken, ...state } = run.progress === null ? emptyProgress : progress.parse(run.progress);
  return {
    state: {
      ...state,
      endedEarly: cutShort,
      notTakenOver: untaken,
      phase: run.state,
      startedAt: run.startedAt,
      setup: (run.setup ?? {}) as Record<string, unknown>,
    },
    totals: reader.totals(),
    windows: seriesOf(reader),
    health: [...reader.health()],
    ledger: ledgerOf(reader, stored),
    spans,
    workers: stored.map(({ number, id, host, pid, lastSequence: sequence, facts }) => {
      const { reportedToMs: _, state: status, ...known } = facts;
      return { number, id, host, pid, status, ...known, takenSequence: sequence, committedSequence: sequence };
    }),
    events: reader.events().map((event) => event as RunEvent),
    control: { workers: state.starters, operations: reader.controls().map((one) => timedOperation.parse(one)) },
    reportedToMs: Math.max(0, ...stored.map(({ facts }) => facts.reportedToMs)),
  };
}

function seriesOf(reader: RunReader): WindowSeries {
  const series = new WindowSeries();
  for (const window of reader.windows()) series.addStored(window);
  return series;
}

function ledgerOf(
  reader: RunReader,
  workers: readonly { number: number; facts: z.infer<typeof workerFacts> }[],
): Ledger {
  const { reports, duplicates, missing } = reader.ledger();
  const accounts = workers.map(({ number, facts }) => ({ worker: number, reportedToMs: facts.reportedToMs }));
  return Ledger.restore(reports, duplicates, missing, accounts);
}

const emptyProgress: z.infer<typeof progress> = {
  starters: [],
  signal: null,
  cutShort: null,
  untaken: [],
  warnings: [],
  workerUsers: [],
  lifecycleRequests: [],
};
