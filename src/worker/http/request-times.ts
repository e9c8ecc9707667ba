import type { PhaseSums } from "../../stats/phase-sums.ts";

/** When what happened to one request, in ms on the clock of `performance.now()`; 0 for what did not happen. */
export class RequestTimes {
  /** When the plan, or else the test's code, wanted it. */
  intendedMs = 0;
  /** From when on it waited for its connection. */
  askedMs = 0;
  connectMs = 0;
  tlsMs = 0;
  /** The first byte of the request was written. */
  sentMs = 0;
  /** The same on a second connection, when the first was closed before a byte of the response came. */
  resentMs = 0;
  writtenMs = 0;
  firstByteMs = 0;
  endedMs = 0;

  /** Of the next request. */
  restart(intendedMs: number, askedMs: number): void {
    this.intendedMs = intendedMs;
    this.askedMs = askedMs;
    this.connectMs = 0;
    this.tlsMs = 0;
    this.sentMs = 0;
    this.resentMs = 0;
    this.writtenMs = 0;
    this.firstByteMs = 0;
    this.endedMs = 0;
  }

  /** A request that was never sent took from the asking to the failure. */
  get serviceMs(): number {
    return this.endedMs - (this.sentMs || this.askedMs);
  }

  get responseMs(): number {
    return this.endedMs - this.intendedMs;
  }

  /** Until a connection was there or was begun; of a request that was sent again, until the first one was. */
  get blockedMs(): number {
    if (this.sentMs === 0) return 0;
    const connectingMs = this.resentMs === 0 ? this.connectMs + this.tlsMs : 0;
    return Math.max(0, this.sentMs - this.askedMs - connectingMs);
  }

  get sendingMs(): number {
    return this.writtenMs === 0 ? 0 : this.writtenMs - (this.resentMs || this.sentMs);
  }

  /** From the last byte of the request to the first of the response, which may come before it. */
  get waitingMs(): number {
    const sentMs = this.writtenMs || this.resentMs || this.sentMs;
    return this.firstByteMs === 0 ? 0 : Math.max(0, this.firstByteMs - sentMs);
  }

  get receivingMs(): number {
    return this.firstByteMs === 0 ? 0 : this.endedMs - this.firstByteMs;
  }

  /** What the phase at this position of `phaseNames` took: 0 for what a kept connection needs not; null when nothing was sent. */
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
