/** A gap in the reports of a worker. Times are in ms since the start of the run. */
export interface MissingReports {
  /** The worker's number. */
  readonly worker: number;
  readonly firstSequence: number;
  /** The number of the last missing report; null if it is unknown, because the worker was lost. */
  readonly lastSequence: number | null;
  /** The time from which the worker's data is missing … */
  readonly fromMs: number;
  /** … and the time up to which it is missing. */
  readonly toMs: number;
}

/** The time up to which all reports of a worker are merged. */
export interface Account {
  readonly worker: number;
  readonly reportedToMs: number;
}

/** Counts the reports of a run, and lists the missing ones. */
export class Ledger {
  reports = 0;
  /** The number of reports that were received again after they had been merged. */
  duplicates = 0;
  readonly #missing: MissingReports[] = [];
  readonly #reportedToMs = new Map<number, number>();

  /** Restores the ledger of a resumed run. */
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
   * Counts a report that was not merged before. Reports between the previous one and this one are missing: in a resumed
   * run, a power cut may have removed commits from the store after their reports were acknowledged.
   * @param expected the number after that of the worker's last report
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

  /** Returns the time up to which all reports of the worker are merged, in ms since the start of the run. */
  reportedToMs(worker: number): number {
    return this.#reportedToMs.get(worker) ?? 0;
  }

  /**
   * Notes that a worker is lost: unless it returns, its reports from `firstSequence` on are missing. How many it would
   * have sent by `toMs` is unknown.
   */
  lost(worker: number, firstSequence: number, toMs: number): void {
    const fromMs = this.reportedToMs(worker);
    this.#missing.push({ worker, firstSequence, lastSequence: null, fromMs, toMs: Math.max(fromMs, toMs) });
  }

  /** Closes the gap of a lost worker that is back: it sends the reports that it has kept. */
  returned(worker: number): void {
    const open = this.#missing.findIndex((gap) => gap.worker === worker && gap.lastSequence === null);
    if (open >= 0) this.#missing.splice(open, 1);
  }

  /** Notes that the worker joined at `atMs`: it has no reports of earlier times. */
  joined(worker: number, atMs: number): void {
    this.#reportedToMs.set(worker, atMs);
  }
}
