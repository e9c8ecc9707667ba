import type { Ledger } from "./ledger.ts";
import type { RunEvent } from "./run-event.ts";
import type { WorkerHandle } from "./worker-handle.ts";

export interface TakeOver {
  /** Virtual users that the worker had at the most. */
  readonly users: number;
  /** Whether the other workers do from now on what it would have done. */
  readonly isTaken: boolean;
}

/** Workers that went while the load went on. */
export class Absences {
  readonly warnings: string[] = [];
  /** Those whose part of the load nobody could take over. */
  count = 0;
  readonly #ledger: Ledger;
  readonly #takeOver: (worker: WorkerHandle) => TakeOver;
  readonly #note: (kind: RunEvent["kind"], text: string) => void;

  constructor(
    ledger: Ledger,
    takeOver: (worker: WorkerHandle) => TakeOver,
    note: (kind: RunEvent["kind"], text: string) => void,
  ) {
    this.#ledger = ledger;
    this.#takeOver = takeOver;
    this.#note = note;
  }

  /** The worker said nothing more: what it had not reported is missing. */
  lost(worker: WorkerHandle, atMs: number): void {
    const { number, lastSequence, lostBecause } = worker;
    if (lastSequence !== null && this.#ledger.lastSequence(number) >= lastSequence) return;
    this.#ledger.lost(number, atMs);
    this.#add("worker-lost", `${worker.description} was lost after ${seconds(atMs)} (${lostBecause})`, worker);
  }

  /** Somebody else told it to go; it has reported everything. */
  left(worker: WorkerHandle, atMs: number): void {
    this.#add("worker-left", `${worker.description} left after ${seconds(atMs)}`, worker);
  }

  #add(kind: RunEvent["kind"], what: string, worker: WorkerHandle): void {
    const { users, isTaken } = this.#takeOver(worker);
    const text = `${what}; its ${users} users ${isTaken ? "moved to the other workers" : "stopped"}`;
    if (!isTaken) this.count++;
    this.warnings.push(text);
    this.#note(kind, text);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
