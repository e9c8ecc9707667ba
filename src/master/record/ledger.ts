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

/** How far the reports of a worker are taken. */
export interface Account {
  readonly worker: number;
  readonly lastSequence: number;
  /** Up to here everything of it is merged. */
  readonly reportedToMs: number;
}

interface OpenAccount {
  lastSequence: number;
  reportedToMs: number;
}

/** Which reports were taken. A report counts once however often it comes, and a gap is named. */
export class Ledger {
  reports = 0;
  duplicates = 0;
  readonly #missing: MissingReports[] = [];
  readonly #accounts = new Map<number, OpenAccount>();

  /** A ledger as it was kept. */
  static restore(
    reports: number,
    duplicates: number,
    missing: readonly MissingReports[],
    accounts: readonly Account[],
  ) {
    const ledger = new Ledger();
    ledger.reports = reports;
    ledger.duplicates = duplicates;
    ledger.#missing.push(...missing);
    for (const { worker, ...account } of accounts) ledger.#accounts.set(worker, account);
    return ledger;
  }

  get missing(): readonly MissingReports[] {
    return this.#missing;
  }

  /** True when the report is new and must be merged. It reaches to `endMs` on the timeline of the run. */
  accept(worker: number, sequence: number, endMs: number): boolean {
    const account = this.#account(worker);
    const last = account.lastSequence;
    if (sequence <= last) {
      this.duplicates++;
      return false;
    }
    if (sequence > last + 1) {
      const fromMs = account.reportedToMs;
      this.#missing.push({ worker, firstSequence: last + 1, lastSequence: sequence - 1, fromMs, toMs: endMs });
    }
    account.lastSequence = sequence;
    account.reportedToMs = Math.max(account.reportedToMs, endMs);
    this.reports++;
    return true;
  }

  /** Up to when everything of the worker is merged, in ms since the start of the run. */
  reportedToMs(worker: number): number {
    return this.#accounts.get(worker)?.reportedToMs ?? 0;
  }

  lastSequence(worker: number): number {
    return this.#accounts.get(worker)?.lastSequence ?? 0;
  }

  /** The worker is gone: whatever it had not sent by `toMs` is missing, unless it comes back. */
  lost(worker: number, toMs: number): void {
    const { lastSequence, reportedToMs: fromMs } = this.#account(worker);
    this.#missing.push({
      worker,
      firstSequence: lastSequence + 1,
      lastSequence: null,
      fromMs,
      toMs: Math.max(fromMs, toMs),
    });
  }

  /** The worker is there again and sends what it had kept. */
  returned(worker: number): void {
    const open = this.#missing.findIndex((gap) => gap.worker === worker && gap.lastSequence === null);
    if (open >= 0) this.#missing.splice(open, 1);
  }

  /** The worker did nothing before `atMs`. */
  joined(worker: number, atMs: number): void {
    this.#account(worker).reportedToMs = atMs;
  }

  #account(worker: number): OpenAccount {
    let account = this.#accounts.get(worker);
    if (account === undefined) {
      account = { lastSequence: 0, reportedToMs: 0 };
      this.#accounts.set(worker, account);
    }
    return account;
  }
}
