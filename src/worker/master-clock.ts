/**
 * This process's monotonic clock, read as the master's. The offset comes from the exchange with the shortest round
 * trip, whose error is at most half of that trip (Cristian, "Probabilistic clock synchronization", 1989). Wall clocks
 * play no part, so a wrong one bends nothing.
 */
export class MasterClock {
  #offsetMs = 0;
  #bestRoundTripMs = Number.POSITIVE_INFINITY;

  /** One probe: sent and answered on our clock, `masterMs` as the master read its own. */
  observe(sentMs: number, masterMs: number, answeredMs: number): void {
    const roundTripMs = answeredMs - sentMs;
    if (roundTripMs >= this.#bestRoundTripMs) return;
    this.#bestRoundTripMs = roundTripMs;
    this.#offsetMs = masterMs - (sentMs + answeredMs) / 2;
  }

  /** Milliseconds on the master's clock. */
  nowMs(): number {
    return performance.now() + this.#offsetMs;
  }
}
