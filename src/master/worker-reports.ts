import type { IntervalReport } from "../stats/interval-report.ts";
import type { ReportedSoFar } from "./worker-state.ts";

/** How far the reports of one worker are there: taken, committed, and whether there are more to come. */
export class WorkerReports {
  #soFar: ReportedSoFar = { requests: 0, counted: [], takenSequence: 0, committedSequence: 0, lastSequence: null };

  get soFar(): ReportedSoFar {
    return this.#soFar;
  }

  /** Its load is over and everything that it reported is taken. */
  get isDone(): boolean {
    const { lastSequence, takenSequence } = this.#soFar;
    return lastSequence !== null && takenSequence >= lastSequence;
  }

  restore({ requests, counted, takenSequence, committedSequence, lastSequence }: ReportedSoFar): void {
    this.#soFar = { requests, counted, takenSequence, committedSequence, lastSequence };
  }

  /** A report that is new. */
  take({ sequence, counted, endpoints }: IntervalReport): void {
    const requests = endpoints.reduce((sum, endpoint) => sum + endpoint.requests, this.#soFar.requests);
    this.#soFar = { ...this.#soFar, requests, counted, takenSequence: sequence };
  }

  /** Everything up to `sequence` is committed. */
  commit(sequence: number): void {
    this.#soFar = { ...this.#soFar, committedSequence: sequence };
  }

  /** Its load is over, and no report comes after this. */
  end(lastSequence: number): void {
    this.#soFar = { ...this.#soFar, lastSequence };
  }
}
