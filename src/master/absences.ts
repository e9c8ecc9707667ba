import type { Ledger } from "./ledger.ts";
import type { RunEvent } from "./run-event.ts";
import type { WorkerHandle } from "./worker-handle.ts";

/** Workers that went while the load went on. */
export class Absences {
  readonly warnings: string[] = [];
  count = 0;
  readonly #ledger: Ledger;
  readonly #usersOf: (worker: WorkerHandle) => number;
  readonly #note: (kind: RunEvent["kind"], text: string) => void;

  constructor(
    ledger: Ledger,
    usersOf: (worker: WorkerHandle) => number,
    note: (kind: RunEvent["kind"], text: string) => void,
  ) {
    this.#ledger = ledger;
    this.#usersOf = usersOf;
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
    const text = `${what}; its ${this.#usersOf(worker)} users stopped`;
    this.count++;
    this.warnings.push(text);
    this.#note(kind, text);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
