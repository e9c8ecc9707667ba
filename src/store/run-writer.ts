import type { Batch } from "./batch.ts";
import type { StoreConnection } from "./connection.ts";
import { EndpointTable } from "./endpoint-table.ts";
import { ErrorTable } from "./error-table.ts";
import { ObservedTable } from "./observed-table.ts";
import { RunLog } from "./run-log.ts";
import type { RunActivity } from "./run-record.ts";
import { RunTable } from "./run-table.ts";
import { SlowTable } from "./slow-table.ts";
import { storeError } from "./storage-fault.ts";
import { HealthWindows, healthLimits } from "./windows/health-windows.ts";
import { RunWindows } from "./windows/run-windows.ts";
import { WindowBudget, windowLimits } from "./windows/window-budget.ts";
import { WindowTable } from "./windows/window-table.ts";

/** The cached state of the run in the file, so that a commit need not read it again. */
interface CachedRun {
  readonly windows: RunWindows;
  readonly errors: ErrorTable;
  readonly slowest: SlowTable;
  readonly health: HealthWindows;
}

/** Writes one run. Only the last writer of a run may write: an older master that still runs is refused. */
export class RunWriter {
  readonly #connection: StoreConnection;
  readonly #id: string;
  readonly #run: number;
  readonly #turn: number;
  readonly #budget: WindowBudget;
  readonly #healthBudget = new WindowBudget(healthLimits);
  #cached: CachedRun | null = null;

  constructor(connection: StoreConnection, id: string, limits = windowLimits, after?: RunActivity) {
    this.#connection = connection;
    this.#id = id;
    this.#run = new RunTable(connection).numberOf(id);
    this.#turn = connection.transaction(() => {
      if (after !== undefined) requireUnwritten(new RunTable(connection).activity(id), after, connection.path, id);
      connection.run("UPDATE runs SET writer = writer + 1 WHERE number = ?", this.#run);
      return this.#latestTurn();
    });
    this.#budget = new WindowBudget(limits);
  }

  /**
   * Commits `batch` as a whole, or not at all if this throws or the process ends; then the batch can be committed
   * again.
   * @throws StoreError if the store cannot be written, or another writer has taken the run
   */
  commit(batch: Batch): void {
    this.#write((cached) => {
      const { windows = [], health = [], observed, run } = batch;
      cached.windows.addAll(windows, this.#budget);
      for (const { totals } of windows) for (const error of totals.eachError()) cached.errors.add(error);
      for (const { totals } of windows) cached.slowest.addAll(totals.eachSlow());
      cached.health.addAll(health, this.#healthBudget);
      new RunLog(this.#connection, this.#run).add(batch);
      if (observed !== undefined) new ObservedTable(this.#connection, this.#run).add(observed);
      if (run !== undefined) new RunTable(this.#connection).change(this.#id, run);
    });
  }

  /**
   * Merges all windows that overlap [startMs, endMs), in whole seconds, into one. The totals do not change.
   * @throws StoreError if the store cannot be written, or another writer has taken the run
   */
  coarsen(startMs: number, endMs: number): void {
    this.#write((cached) => cached.windows.coarsen(startMs, endMs));
  }

  #write(work: (cached: CachedRun) => void): void {
    try {
      this.#connection.transaction(() => {
        if (this.#latestTurn() !== this.#turn) throw storeError("store-run-taken", this.#connection.path, this.#id);
        this.#cached ??= this.#read();
        const cached = this.#cached;
        this.#connection.guard(() => work(cached));
      });
    } catch (error) {
      // The cache has changes that the file does not.
      this.#cached = null;
      throw error;
    }
  }

  #read(): CachedRun {
    const names = new EndpointTable(this.#connection, this.#run);
    const windows = new RunWindows(new WindowTable(this.#connection, this.#run), names);
    const errors = new ErrorTable(this.#connection, this.#run);
    const slowest = new SlowTable(this.#connection, this.#run);
    return { windows, errors, slowest, health: new HealthWindows(this.#connection, this.#run) };
  }

  #latestTurn(): number {
    const sql = "SELECT writer FROM runs WHERE number = ?";
    const found = this.#connection.get<{ writer: number }>(sql, this.#run);
    if (found === undefined) throw storeError("store-run-unknown", this.#connection.path, this.#id);
    return found.writer;
  }
}

function requireUnwritten(now: RunActivity, before: RunActivity, path: string, id: string): void {
  if (now.writers === before.writers && now.activeAt === before.activeAt) return;
  throw storeError("store-run-taken", path, id);
}
