import type { IntervalReport } from "../stats/interval-report.ts";
import type { DueWork } from "./load/scenario.ts";
import type { WorkerFacts } from "./workers/worker-state.ts";

/** A worker is idle if it has done nothing for as long as this although it had users to run … */
const fewestIdleSeconds = 2;
/** … or, if it has done something, for a larger share of its time, and for so many seconds. */
const toleratedShare = 0.1;
const toleratedSeconds = 5;
/** Fewer random arrivals may all have come to the other workers. */
const fewestIterations = 10;

interface Account {
  /** Seconds in which it had users to run that were not given up. */
  dueSeconds: number;
  /** Iterations of open loads that were due. */
  dueIterations: number;
  /** Seconds in which it had users, by its reports. */
  busySeconds: number;
  /** Iterations, users and requests in its reports. */
  done: number;
  /** Users that were given up because they never started: they run no more. */
  failedStarts: number;
  /** The time of users and the iterations that it has reported as made since the start of the run. */
  made: number;
}

/**
 * Compares what each worker had to do with what it reports, second by second: a worker that answers everything and does nothing makes
 * the load smaller than planned, and a worker that claims to have made its load must have begun iterations.
 */
export class WorkWatch {
  readonly #accounts = new Map<number, Account>();

  /**
   * Begins with what is stored of a worker of a resumed run: it may have had all its work, and ended its users, before the restart.
   * @param failedStarts users that were given up in the whole run; how many of them each worker had is not stored
   */
  restore(worker: number, { requests, load }: Pick<WorkerFacts, "requests" | "load">, failedStarts: number): void {
    const account = this.#of(worker);
    account.made = madeOf(load);
    account.done = account.made > 0 ? Math.max(1, requests) : requests;
    account.failedStarts = failedStarts;
  }

  /** Call it once a second for each worker that is to run its load. */
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

  /** What the worker has left undone, as the end of a sentence that begins with it; null if it has worked. */
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
