import type { IntervalReport } from "../stats/interval-report.ts";
import type { DueWork } from "./load/scenario.ts";
import type { WorkerFacts } from "./workers/worker-state.ts";

/** A worker is idle if it did nothing in at least this many seconds in which it had users to run … */
const fewestIdleSeconds = 2;
/**
 * … or, if it did something, if it ran no users in more than this share of those seconds, and in more than
 * `toleratedSeconds`.
 */
const toleratedShare = 0.1;
const toleratedSeconds = 5;
/** With fewer due iterations, a worker is not called idle: random arrivals may all have gone to the other workers. */
const fewestIterations = 10;

interface Account {
  /** The seconds in which the worker had users to run that it had not given up. */
  dueSeconds: number;
  /** The iterations of open loads that were due on it. */
  dueIterations: number;
  /** The seconds in which it ran users, by its reports. */
  busySeconds: number;
  /** The iterations, user starts, task executions and requests in its reports. */
  done: number;
  /** The users that it gave up because their start failed. They do not run any more. */
  failedStarts: number;
  /** The load that it has reported as generated since the start of the run: user time and iterations, added up. */
  made: number;
}

/**
 * Compares the work that each worker had to do with what it reports, second by second. A worker that answers every
 * message but does nothing makes the load smaller than planned. A worker that claims to have generated its load must
 * have started iterations.
 */
export class WorkWatch {
  readonly #accounts = new Map<number, Account>();

  /**
   * Restores a worker of a resumed run from what is stored: it may have done all its work, and ended its users, before
   * the restart.
   * @param failedStarts the users that were given up in the whole run; the number of each worker is not stored
   */
  restore(worker: number, { requests, load }: Pick<WorkerFacts, "requests" | "load">, failedStarts: number): void {
    const account = this.#of(worker);
    account.made = madeOf(load);
    account.done = account.made > 0 ? Math.max(1, requests) : requests;
    account.failedStarts = failedStarts;
  }

  /** Records the work that a worker has in this second. Call it once a second for each worker that runs its load. */
  due(worker: number, { users, rate }: DueWork): void {
    const account = this.#of(worker);
    if (users > account.failedStarts) account.dueSeconds++;
    account.dueIterations += rate;
  }

  reported(worker: number, report: IntervalReport): void {
    const account = this.#of(worker);
    const { iterations, starts, tasks, endpoints, load, peakUsers, windowCount } = report;
    const made = madeOf(load);
    if (peakUsers > 0 || made > account.made) account.busySeconds += windowCount;
    account.made = Math.max(account.made, made);
    account.failedStarts += starts.failed;
    account.done += iterations.completed + iterations.interrupted + starts.succeeded + starts.failed;
    for (const one of tasks) for (const { executions } of one.tasks) account.done += executions;
    for (const { requests } of endpoints) account.done += requests;
  }

  /** Returns how the worker was idle, as the end of a sentence that begins with the worker; null if it has worked. */
  idleness(worker: number): string | null {
    const { dueSeconds, dueIterations, busySeconds, done } = this.#of(worker);
    if (done === 0 && dueSeconds >= fewestIdleSeconds) {
      return `did nothing in the ${dueSeconds} s in which it had users to run`;
    }
    if (done === 0 && dueIterations >= fewestIterations) {
      return `did nothing, though about ${Math.round(dueIterations)} iterations were due`;
    }
    const idleSeconds = dueSeconds - busySeconds;
    const isIdle = idleSeconds > Math.max(toleratedSeconds, toleratedShare * dueSeconds);
    return isIdle ? `ran no users in ${idleSeconds} of ${dueSeconds} s` : null;
  }

  #of(worker: number): Account {
    let account = this.#accounts.get(worker);
    if (account === undefined) {
      account = { dueSeconds: 0, dueIterations: 0, busySeconds: 0, done: 0, failedStarts: 0, made: 0 };
      this.#accounts.set(worker, account);
    }
    return account;
  }
}

function madeOf(load: IntervalReport["load"]): number {
  return load.reduce((sum, one) => sum + one.made, 0);
}
