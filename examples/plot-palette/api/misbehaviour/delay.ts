/** A cause of added latency. */
export interface Delay {
  /** The latency added to a request that arrives now, in ms. Called once per request. */
  delayMs(nowMs: number): number;
}
