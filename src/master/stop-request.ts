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

  /** Null while it has not been made. */
  get signal(): string | null {
    return this.#signal;
  }

  get isMade(): boolean {
    return this.#signal !== null;
  }

  /** The user will not wait any longer. */
  get isForced(): boolean {
    return this.#isForced;
  }

  /** Running iterations may take at most so long from now on. */
  hurry(timeoutMs: number): void {
    this.#timeoutMs = Math.min(this.#timeoutMs, timeoutMs);
  }

  /** Nothing is waited for any longer. */
  force(): void {
    this.#isForced = true;
    this.#timeoutMs = 0;
  }

  make(signal: string): void {
    if (this.isMade) this.force();
    this.#signal ??= signal;
  }

  /** @throws RunEnded when it has been made. */
  check(): void {
    if (this.#signal !== null) throw new RunEnded({ kind: "signalled", signal: this.#signal });
  }
}
