/** Reports that will never be merged. Times are ms since the start of the run. */
export interface MissingReports {
  /** The worker's number. */
  readonly worker: number;
  readonly firstSequence: number;
  /** Null when the worker was lost: the number of its last report is unknown. */
  readonly lastSequence: number | null;
  /** What the worker did from here on is missing … */
  readonly fromMs: number;
  /** … up to here. */
  readonly toMs: number;
}

/** The time up to which everything of a worker is merged. */
export interface Account {
  readonly worker: number;
  readonly reportedToMs: number;
}

/** Counts the reports of a run, and names those that are missing. */
export class Ledger {
  reports = 0;
  /** Reports that were received again after they had been merged. */
  duplicates = 0;
  readonly #missing: MissingReports[] = [];
  readonly #reportedToMs = new Map<number, number>();

  /** The ledger of a resumed run. */
  static restore(
    reports: number,
    duplicates: number,
    missing: readonly MissingReports[],
    accounts: readonly Account[],
  ): Ledger {
    const ledger = new Ledger();
    ledger.reports = reports;
    ledger.duplicates = duplicates;
    ledger.#missing.push(...missing);
    for (const { worker, reportedToMs } of accounts) ledger.#reportedToMs.set(worker, reportedToMs);
    return ledger;
  }

  get missing(): readonly MissingReports[] {
    return this.#missing;
  }

  /**
   * Merges a report that was not merged before. Those between it and the previous one are missing: a power cut can take commits whose
   * reports were acknowledged out of the store of a resumed run.
   * @param expected the number that follows the worker's last report
   * @param endMs the end of the report, in ms since the start of the run
   */
  take(worker: number, expected: number, sequence: number, endMs: number): void {
    const fromMs = this.reportedToMs(worker);
    if (sequence > expected) {
      this.#missing.push({ worker, firstSequence: expected, lastSequence: sequence - 1, fromMs, toMs: endMs });
    }
    this.#reportedToMs.set(worker, Math.max(fromMs, endMs));
    this.reports++;
  }

  /** The time up to which everything of the worker is merged, in ms since the start of the run. */
  reportedToMs(worker: number): number {
    return this.#reportedToMs.get(worker) ?? 0;
  }

  /**
   * The worker is lost: unless it returns, its reports from `firstSequence` on are missing. How many it would have sent
   * by `toMs` is unknown.
   */
  lost(worker: number, firstSequence: number, toMs: number): void {
    const fromMs = this.reportedToMs(worker);
    this.#missing.push({ worker, firstSequence, lastSequence: null, fromMs, toMs: Math.max(fromMs, toMs) });
  }

  /** The worker is back and sends the reports that it has kept. */
  returned(worker: number): void {
    const open = this.#missing.findIndex((gap) => gap.worker === worker && gap.lastSequence === null);
    if (open >= 0) this.#missing.splice(open, 1);
  }

  /** The worker did nothing before `atMs`. */
  joined(worker: number, atMs: number): void {
    this.#reportedToMs.set(worker, atMs);
  }
}
