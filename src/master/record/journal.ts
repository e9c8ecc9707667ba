import type { Logger } from "pino";
import { hideSecrets } from "../../core/redaction/known-secrets.ts";
import type { RunEvent } from "../../core/run.ts";
import type { SharedRecord } from "../../store/batch.ts";
import type { TimedOperation } from "../load/operation.ts";
import type { ObservedLog } from "../observe/observed-log.ts";
import type { ConnectedWorker } from "../workers/connected-worker.ts";
import type { Collector } from "./collector.ts";
import type { RestoredRun } from "./restored-run.ts";
import type { RunBatch, RunProgress, RunStorage } from "./run-storage.ts";

/** The notifications of the journal to the run. */
export interface JournalListener {
  /** Called when the pending data was committed and merged into the totals. */
  committed(): void;
  /** Called when another master has taken over the run: nothing is committed any more. */
  superseded(message: string): void;
}

export interface JournalOptions {
  /** The store of the run; null for a run that is kept in memory only. */
  readonly storage: RunStorage | null;
  /** The stored state of a resumed run. */
  readonly restored: Pick<RestoredRun, "events" | "state"> | null;
  readonly collector: Collector;
  readonly observed: Pick<ObservedLog, "pending" | "committed">;
  readonly workers: { find(number: number): Pick<ConnectedWorker, "record" | "acknowledge"> | undefined };
  /** The time of the run. */
  readonly timeline: { readonly elapsedMs: number };
  readonly log: Logger;
  /** Milliseconds on the master's clock. */
  readonly nowMs: () => number;
}

/** The progress of a run, without the parts that the journal itself knows. */
type KnownProgress = Omit<RunProgress, "warnings" | "lifecycleRequests">;

/** The shortest time between two commits, so that one commit covers many reports. */
const shortestIntervalMs = 100;
const longestIntervalMs = 1_000;
/** The shortest time between two commits if a worker waits for the second. */
const shortestWaitMs = 20;
/** The largest part of the master's time that commits may take. */
const busyShare = 0.1;
/** How long another process may lock the store before the run continues in memory. */
const longestLockMs = 10_000;

/**
 * Commits what a run produces: reports, events, warnings, changes of the load and of workers, and the progress of the
 * run. A report is acknowledged only when it is committed, so workers resend the others after a crash of the master.
 * When the store fails, the run continues in memory.
 */
export class Journal {
  readonly events: RunEvent[];
  readonly warnings: string[];
  readonly #options: JournalOptions;
  readonly #listener: JournalListener;
  #storage: RunStorage | null;
  #newEvents: RunEvent[] = [];
  #operations: TimedOperation[] = [];
  /** The changed shared values, by scope and key. */
  #shared = new Map<string, SharedRecord>();
  readonly #touched = new Set<number>();
  #progress: KnownProgress | null = null;
  #hasNewProgress = false;
  #timer: NodeJS.Timeout | null = null;
  /** When the timer commits. */
  #dueMs = 0;
  #intervalMs = shortestIntervalMs;
  #lockedSinceMs: number | null = null;
  #isClosing = false;
  #isSuperseded = false;
  /**
   * Whether nothing is written yet, in a resumed run: its earlier master may only be suspended, and must stay able to
   * continue.
   */
  #isHeld: boolean;

  constructor(options: JournalOptions, listener: JournalListener) {
    this.#options = options;
    this.#listener = listener;
    this.#storage = options.storage;
    this.#isHeld = options.storage !== null && options.restored !== null;
    this.events = [...(options.restored?.events ?? [])];
    this.warnings = [...(options.restored?.state.warnings ?? [])];
  }

  /** Adds an event of the run. */
  note(kind: RunEvent["kind"], text: string): void {
    const atMs = Math.max(0, Math.round(this.#options.timeline.elapsedMs));
    const event = { atMs, kind, text: hideSecrets(text) };
    this.events.push(event);
    this.#newEvents.push(event);
    this.#schedule();
  }

  /** Adds an event of the run, and logs it as a warning. */
  alert(kind: RunEvent["kind"], text: string): void {
    this.#options.log.warn(text);
    this.note(kind, text);
  }

  /** Adds a warning to the result. It does not change the verdict. */
  warn(text: string): void {
    this.warnings.push(hideSecrets(text));
    this.#hasNewProgress = true;
  }

  /** Adds a change of the load. It must be committed before it is sent to any worker. */
  record(operation: TimedOperation): void {
    this.#operations.push(operation);
    this.#schedule();
  }

  /**
   * Sets a value that all workers share; undefined removes it. It must be committed before it is sent to any worker:
   * wait for `committed` of the listener. Do not mutate the value afterwards.
   */
  share(record: SharedRecord): void {
    this.#shared.set(JSON.stringify([record.scope, record.key]), record);
    // The interval is at its minimum as long as commits are fast.
    this.#schedule(this.#intervalMs > shortestIntervalMs ? this.#intervalMs : shortestWaitMs);
  }

  /** Adds the worker's state to the next commit: it has changed, or a report of the worker is pending. */
  touch({ number }: Pick<ConnectedWorker, "number">): void {
    this.#touched.add(number);
    this.#schedule();
  }

  /** Commits the progress of the run, with everything else that is new. */
  save(progress: KnownProgress): void {
    this.keep(progress);
    this.commit();
  }

  /** Adds the progress of the run to the next commit. */
  keep(progress: KnownProgress): void {
    this.#progress = progress;
    this.#hasNewProgress = true;
  }

  /** Commits everything that is new. If the store is locked, the commit is retried later. */
  commit(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isSuperseded) return;
    if (this.#isHeld) {
      this.#checkHeld();
      return;
    }
    const startedMs = this.#options.nowMs();
    const batch = this.#pending();
    if (!this.#save(batch)) return;
    this.#committed(batch);
    this.#acknowledge(batch);
    const tookMs = this.#options.nowMs() - startedMs;
    this.#intervalMs = Math.min(longestIntervalMs, Math.max(shortestIntervalMs, tookMs / busyShare));
    this.#listener.committed();
  }

  /** Commits, unless a commit is scheduled anyway: each commit to a locked store makes the master wait. */
  beat(): void {
    if (this.#timer === null) this.commit();
  }

  /** Lets the next commit take over a resumed run from its earlier master. Call it when the first worker connects. */
  takeOver(): void {
    this.#isHeld = false;
  }

  /** Makes the last commit. It does not wait for a locked store. */
  close(): void {
    this.#isClosing = true;
    this.takeOver();
    this.commit();
  }

  /**
   * Checks that no other master has written the run. Writes nothing. If the store cannot be read now, the first commit
   * tries again.
   */
  #checkHeld(): void {
    try {
      this.#storage?.check();
    } catch (error) {
      if (this.#storage?.isTaken(error) === true) this.#saveFailed(error);
    }
  }

  #schedule(afterMs = this.#intervalMs): void {
    const dueMs = this.#options.nowMs() + afterMs;
    if (this.#timer !== null && this.#dueMs <= dueMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => this.commit(), afterMs);
  }

  #pending(): RunBatch {
    const { collector, workers } = this.#options;
    const { ledger, health, lifecycleRequests } = collector;
    const { warnings } = this;
    const progress = this.#hasNewProgress ? this.#progress : null;
    return {
      ...collector.pending(),
      events: this.#newEvents,
      operations: this.#operations,
      shared: [...this.#shared.values()],
      observed: this.#options.observed.pending(),
      workers: [...this.#touched].flatMap((number) => {
        const worker = workers.find(number);
        return worker === undefined ? [] : { ...worker.record, ...health.factsOf(number) };
      }),
      ledger,
      state: progress === null ? null : { ...progress, warnings, lifecycleRequests },
    };
  }

  /**
   * Makes the batch durable. Returns false if that failed: the commit is then retried, made in memory, or given up
   * because another master has the run.
   */
  #save(batch: RunBatch): boolean {
    try {
      this.#storage?.save(batch);
      this.#lockedSinceMs = null;
      return true;
    } catch (error) {
      this.#saveFailed(error);
      return false;
    }
  }

  #committed(batch: RunBatch): void {
    this.#options.collector.committed(batch);
    this.#options.observed.committed(batch.observed);
    this.#newEvents = [];
    this.#operations = [];
    this.#shared.clear();
    this.#touched.clear();
    if (batch.state !== null) this.#hasNewProgress = false;
  }

  #acknowledge({ workers }: RunBatch): void {
    for (const { number, takenSequence, committedSequence } of workers) {
      if (takenSequence > committedSequence) this.#options.workers.find(number)?.acknowledge(takenSequence);
    }
  }

  #saveFailed(error: unknown): void {
    const { nowMs, log } = this.#options;
    this.#lockedSinceMs ??= nowMs();
    const isLocked = this.#storage?.isLocked(error) === true && nowMs() - this.#lockedSinceMs < longestLockMs;
    if (isLocked && !this.#isClosing) {
      this.#schedule();
      return;
    }
    const why = error instanceof Error ? error.message : String(error);
    if (this.#storage?.isTaken(error) === true) {
      this.#isSuperseded = true;
      this.#listener.superseded(why);
      return;
    }
    const isWhole = this.#storage?.continueInMemory() === true;
    if (!isWhole) this.#storage = null;
    const lost = isWhole ? "" : "; the seconds before this are lost, but not the totals";
    const text = `the store failed: ${why}; the run continues in memory only, and cannot be resumed${lost}`;
    log.error(text);
    this.warn(text);
    this.note("store-failed", text);
    this.commit();
  }
}
