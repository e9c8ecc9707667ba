import type { Logger } from "pino";
import type { RunEvent } from "../../core/run.ts";
import type { TimedOperation } from "../load/operation.ts";
import type { ConnectedWorker } from "../workers/connected-worker.ts";
import type { Collector } from "./collector.ts";
import { Journal, type JournalEntry } from "./journal.ts";
import type { RestoredRun, RunState, RunStorage } from "./run-storage.ts";

export interface RunBookOptions {
  readonly storage: RunStorage | null;
  readonly restored: RestoredRun | null;
  readonly collector: Collector;
  readonly elapsedMs: () => number;
  readonly find: (number: number) => ConnectedWorker | undefined;
  readonly log: Logger;
  /** The totals have changed. */
  readonly onCommitted: () => void;
  /** Another master carries out the run now. */
  readonly onTaken: (message: string) => void;
}

/** What is written down of a run while it goes on: reports, events, warnings, and how it stands. */
export class RunBook {
  readonly warnings: string[];
  readonly #options: RunBookOptions;
  readonly #journal: Journal;
  readonly #touched = new Set<number>();
  #state: Omit<RunState, "warnings" | "lifecycleRequests"> | null = null;
  #isStateSaved = true;

  constructor(options: RunBookOptions) {
    this.#options = options;
    this.warnings = [...(options.restored?.state.warnings ?? [])];
    const { collector, storage, restored } = options;
    this.#journal = new Journal(
      {
        collector,
        save: storage === null ? null : (entry) => this.#save(storage, entry),
        isPassing: (error) => storage?.isPassing(error) === true,
        onCommitted: (number, sequence) => options.find(number)?.acknowledge(sequence),
        afterCommit: options.onCommitted,
        onFailed: (error) => this.#failed(error),
        nowMs: () => performance.now(),
      },
      restored?.events,
    );
  }

  get events(): readonly RunEvent[] {
    return this.#journal.events;
  }

  note(kind: RunEvent["kind"], text: string): void {
    this.#journal.note({ atMs: Math.max(0, Math.round(this.#options.elapsedMs())), kind, text });
  }

  /** For whoever watches the run. */
  alert(kind: RunEvent["kind"], text: string): void {
    this.#options.log.warn(text);
    this.note(kind, text);
  }

  /** For the reader of the result; it does not change the verdict. */
  warn(text: string): void {
    this.warnings.push(text);
    this.#isStateSaved = false;
  }

  /** What is known of the worker is different. */
  touch(worker: ConnectedWorker): void {
    this.#touched.add(worker.number);
    this.#journal.schedule();
  }

  steered(operation: TimedOperation): void {
    this.#journal.record(operation);
  }

  /** A report waits to be committed. */
  schedule(): void {
    this.#journal.schedule();
  }

  commit(): void {
    this.#journal.commit();
  }

  close(): void {
    this.#journal.close();
  }

  /** How the run stands from now on. */
  stands(state: Omit<RunState, "warnings" | "lifecycleRequests">): void {
    this.#state = state;
    this.#isStateSaved = false;
    this.#journal.commit();
  }

  #save(storage: RunStorage, entry: JournalEntry): void {
    const { collector, find } = this.#options;
    const state = this.#state;
    const numbers = new Set([...this.#touched, ...entry.sequences.keys()]);
    const changed = [...numbers].flatMap((number) => find(number) ?? []);
    const { lifecycleRequests, ledger, health } = collector;
    storage.save({
      ...entry,
      workers: changed.map(({ number, identity, facts }) => {
        return { number, ...identity, ...facts, ...health.factsOf(number) };
      }),
      ledger,
      state: this.#isStateSaved || state === null ? null : { ...state, warnings: this.warnings, lifecycleRequests },
    });
    this.#touched.clear();
    this.#isStateSaved = true;
  }

  /** Returns whether the run goes on, in memory. */
  #failed(error: unknown): boolean {
    if (this.#options.storage?.isTaken(error) === true) {
      this.#options.onTaken((error as Error).message);
      return false;
    }
    const why = error instanceof Error ? error.message : String(error);
    const text = `the store failed: ${why}; the run goes on in memory only, and cannot be resumed`;
    this.#options.log.error(text);
    this.warn(text);
    this.note("store-failed", text);
    return true;
  }
}
