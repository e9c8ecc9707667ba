import type { PhaseSums } from "../../stats/phase-sums.ts";

/** The points in time of one request, in ms on the clock of `performance.now()`; 0 for events that did not happen. */
export class RequestTimes {
  /** The intended start: when the iteration was due, or when the test called the client. */
  intendedMs = 0;
  /**
   * When the request began to wait to be sent. The first request of an iteration begins to wait when the iteration is started
   * or queued, so its wait includes that for a free user.
   */
  askedMs = 0;
  /** When the request began to wait for a connection: when the test called the client. */
  calledMs = 0;
  connectMs = 0;
  tlsMs = 0;
  /** When the first byte of the request was written. */
  sentMs = 0;
  /**
   * When the request was resent on a second connection, because the first one was closed before a byte of the response
   * arrived.
   */
  resentMs = 0;
  writtenMs = 0;
  firstByteMs = 0;
  endedMs = 0;

  /** Resets all times for the next request. */
  restart(intendedMs: number, askedMs: number, calledMs = askedMs): void {
    this.intendedMs = intendedMs;
    this.askedMs = askedMs;
    this.calledMs = calledMs;
    this.connectMs = 0;
    this.tlsMs = 0;
    this.sentMs = 0;
    this.resentMs = 0;
    this.writtenMs = 0;
    this.firstByteMs = 0;
    this.endedMs = 0;
  }

  /** The time from sending to the end. For a request that was never sent: from when it began to wait to the failure. */
  get serviceMs(): number {
    return this.endedMs - (this.sentMs || this.askedMs);
  }

  get responseMs(): number {
    return this.endedMs - this.intendedMs;
  }

  /**
   * The wait until a connection was free or was being opened, without the wait for a free user. For a request that was
   * resent, the wait for its first connection.
   */
  get blockedMs(): number {
    if (this.sentMs === 0) return 0;
    const connectingMs = this.resentMs === 0 ? this.connectMs + this.tlsMs : 0;
    return Math.max(0, this.sentMs - this.calledMs - connectingMs);
  }

  get sendingMs(): number {
    return this.writtenMs === 0 ? 0 : this.writtenMs - (this.resentMs || this.sentMs);
  }

  /** The time from the last byte of the request to the first byte of the response; 0 if the response starts earlier. */
  get waitingMs(): number {
    const sentMs = this.writtenMs || this.resentMs || this.sentMs;
    return this.firstByteMs === 0 ? 0 : Math.max(0, this.firstByteMs - sentMs);
  }

  get receivingMs(): number {
    return this.firstByteMs === 0 ? 0 : this.endedMs - this.firstByteMs;
  }

  /**
   * Returns the duration of the phase at this position of `phaseNames`: 0 for a phase that a reused connection does not have;
   * null if nothing was sent.
   */
  phaseMs(phase: number): number | null {
    if (this.sentMs === 0) return null;
    const all = [this.blockedMs, this.connectMs, this.tlsMs, this.sendingMs, this.waitingMs, this.receivingMs];
    return all[phase] ?? null;
  }

  /** Adds the phases, in the order of `phaseNames`, to `sums`. */
  recordPhases(sums: PhaseSums): void {
    sums.record(0, this.blockedMs * 1_000);
    if (this.connectMs > 0) {
      sums.record(1, this.connectMs * 1_000);
      sums.record(2, this.tlsMs * 1_000);
    }
    if (this.writtenMs > 0) sums.record(3, this.sendingMs * 1_000);
    sums.record(4, this.waitingMs * 1_000);
    sums.record(5, this.receivingMs * 1_000);
  }
}
