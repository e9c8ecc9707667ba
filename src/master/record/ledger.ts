/** Reports that will never be merged. Times are ms since the start of the run. */
export interface MissingReports {
  /** The worker's number. */
  readonly worker: number;
  readonly firstSequence: number;
  /** Null when the worker was lost, so that nobody knows how many more it would have sent. */
  readonly lastSequence: number | null;
  /** What the worker did from here on is missing … */
  readonly fromMs: number;
  /** … up to here. */
  readonly toMs: number;
}

/** Up to when everything of a worker is merged. */
export interface Account {
  readonly worker: number;
  readonly reportedToMs: number;
}

/** Counts the reports of a run, and names those that are missing. */
export class Ledger {
  reports = 0;
  /** Reports that came again after they had been taken. */
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
   * A report is taken that was not taken before. Those between it and the one before are missing.
   * @param expected the number that follows the worker's last report
   * @param endMs up to here the report reaches, in ms since the start of the run
   */
  take(worker: number, expected: number, sequence: number, endMs: number): void {
    const fromMs = this.reportedToMs(worker);
    if (sequence > expected) {
      this.#missing.push({ worker, firstSequence: expected, lastSequence: sequence - 1, fromMs, toMs: endMs });
    }
    this.#reportedToMs.set(worker, Math.max(fromMs, endMs));
    this.reports++;
  }

  /** Up to when everything of the worker is merged, in ms since the start of the run. */
  reportedToMs(worker: number): number {
    return this.#reportedToMs.get(worker) ?? 0;
  }

  /**
   * The worker is lost: unless it returns, its reports from `firstSequence` on are missing. Nobody knows how many it would
   * have sent by `toMs`.
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
