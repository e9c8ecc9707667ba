export interface MissingReports {
  /** The worker's number. */
  readonly worker: number;
  readonly firstSequence: number;
  /** Null when the worker was lost, so that nobody knows how many more it would have sent. */
  readonly lastSequence: number | null;
  /** When this was noticed, in ms since the start of the run. */
  readonly atMs: number;
}

/** Which reports were merged. A report counts once however often it comes, and a gap is named. */
export class Ledger {
  reports = 0;
  duplicates = 0;
  readonly missing: MissingReports[] = [];
  readonly #lastSequence = new Map<number, number>();

  /** True when the report is new and must be merged. */
  accept(worker: number, sequence: number, atMs: number): boolean {
    const last = this.lastSequence(worker);
    if (sequence <= last) {
      this.duplicates++;
      return false;
    }
    if (sequence > last + 1) {
      this.missing.push({ worker, firstSequence: last + 1, lastSequence: sequence - 1, atMs });
    }
    this.#lastSequence.set(worker, sequence);
    this.reports++;
    return true;
  }

  lastSequence(worker: number): number {
    return this.#lastSequence.get(worker) ?? 0;
  }

  /** The worker is gone: whatever it had not sent is missing. */
  lost(worker: number, atMs: number): void {
    this.missing.push({ worker, firstSequence: this.lastSequence(worker) + 1, lastSequence: null, atMs });
  }
}
