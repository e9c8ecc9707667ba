import { RunEnded } from "./run-outcome.ts";

/** Whether the run is to end before its plan: gently after the first signal, at once after the second. */
export class StopRequest {
  #signal: string | null = null;
  #timeoutMs: number;
  #isForced = false;

  constructor(stopTimeoutMs: number) {
    this.#timeoutMs = stopTimeoutMs;
  }

  /** How long running iterations may take to finish. */
  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** Null while no stop was requested. */
  get signal(): string | null {
    return this.#signal;
  }

  get isMade(): boolean {
    return this.#signal !== null;
  }

  /** True if the user does not want to wait any longer. */
  get isForced(): boolean {
    return this.#isForced;
  }

  /** Limits the time that running iterations may take from now on. */
  hurry(timeoutMs: number): void {
    this.#timeoutMs = Math.min(this.#timeoutMs, timeoutMs);
  }

  /** Ends all waits. */
  force(): void {
    this.#isForced = true;
    this.#timeoutMs = 0;
  }

  make(signal: string): void {
    if (this.isMade) this.force();
    this.#signal ??= signal;
  }

  /** @throws RunEnded when a stop was requested. */
  check(): void {
    if (this.#signal !== null) throw new RunEnded({ kind: "signalled", signal: this.#signal });
  }
}
