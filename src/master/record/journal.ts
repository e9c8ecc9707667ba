import type { RunEvent } from "../../core/run.ts";
import type { TimedOperation } from "../load/operation.ts";
import type { CollectedBatch, Collector } from "./collector.ts";

/** Everything of a run that is new since the last commit. */
export interface JournalEntry extends CollectedBatch {
  readonly events: readonly RunEvent[];
  readonly operations: readonly TimedOperation[];
}

export interface JournalOptions {
  readonly collector: Collector;
  /** Makes an entry durable, whole or not at all. Null when the run is kept in memory only. */
  readonly save: ((entry: JournalEntry) => void) | null;
  /** Whether trying again may help. */
  readonly isPassing: (error: unknown) => boolean;
  /** A worker's reports up to this one are committed. */
  readonly onCommitted: (worker: number, sequence: number) => void;
  /** What waited is part of the totals now. */
  readonly afterCommit: () => void;
  /** The store is lost. Whether the run goes on, kept in memory only; else nothing is committed any more. */
  readonly onFailed: (error: unknown) => boolean;
  readonly nowMs: () => number;
}

/** Reports wait for each other for so long: one commit for many. */
const shortestIntervalMs = 100;
/** Commits may take this part of the master's time. */
const busyShare = 0.1;
const longestIntervalMs = 1_000;
/** How long a store may be locked by somebody else. */
const passingMs = 10_000;

/**
 * Commits what the run produces: reports, events, what steered the load. Reports are acknowledged only then, so what a
 * master that dies had not committed is sent again. A store that fails ends the journal, not the run, and is told.
 */
export class Journal {
  readonly events: RunEvent[];
  readonly #options: JournalOptions;
  #save: JournalOptions["save"];
  #newEvents: RunEvent[] = [];
  #operations: TimedOperation[] = [];
  #timer: NodeJS.Timeout | null = null;
  #intervalMs = shortestIntervalMs;
  #failingSinceMs: number | null = null;
  #isClosing = false;
  #isOver = false;

  /** @param events what happened before this master was restarted */
  constructor(options: JournalOptions, events: readonly RunEvent[] = []) {
    this.#options = options;
    this.#save = options.save;
    this.events = [...events];
  }

  note(event: RunEvent): void {
    this.events.push(event);
    this.#newEvents.push(event);
    this.schedule();
  }

  /** To be committed before any worker is told of it. */
  record(operation: TimedOperation): void {
    this.#operations.push(operation);
    this.schedule();
  }

  /** There is something to commit. */
  schedule(): void {
    this.#timer ??= setTimeout(() => this.commit(), this.#intervalMs);
  }

  /** Commits everything now; what a locked store refuses is tried again. */
  commit(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isOver) return;
    const { collector, onCommitted, afterCommit, nowMs } = this.#options;
    const [events, operations] = [this.#newEvents, this.#operations];
    const startedMs = nowMs();
    let sequences: ReadonlyMap<number, number>;
    try {
      sequences = collector.commit((batch) => this.#save?.({ ...batch, events, operations }));
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#failingSinceMs = null;
    this.#newEvents = [];
    this.#operations = [];
    const tookMs = nowMs() - startedMs;
    this.#intervalMs = Math.min(longestIntervalMs, Math.max(shortestIntervalMs, tookMs / busyShare));
    for (const [worker, sequence] of sequences) onCommitted(worker, sequence);
    afterCommit();
  }

  /** The store is of no use any more. */
  fail(error: unknown): void {
    if (this.#save === null) return;
    this.#save = null;
    this.#isOver = true;
    if (!this.#options.onFailed(error)) return;
    this.#isOver = false;
    this.commit();
  }

  /** The last commit: what a store will not take now stays in memory. */
  close(): void {
    this.#isClosing = true;
    this.commit();
  }

  #failed(error: unknown): void {
    const { isPassing, nowMs } = this.#options;
    this.#failingSinceMs ??= nowMs();
    if (!this.#isClosing && isPassing(error) && nowMs() - this.#failingSinceMs < passingMs) {
      this.schedule();
      return;
    }
    this.fail(error);
  }
}
