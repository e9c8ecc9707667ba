import type { Ending } from "../core/run.ts";
import { RunEnded } from "./run-outcome.ts";

/** A request to end the run early: gracefully after the first signal, at once after the second. */
export class StopRequest {
  #ending: Extract<Ending, { readonly kind: "signalled" | "superseded" }> | null = null;
  #timeoutMs: number;
  #isForced = false;

  constructor(stopTimeoutMs: number) {
    this.#timeoutMs = stopTimeoutMs;
  }

  /** How long running iterations may take to finish. */
  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** The signal that stopped the run; null if none did. */
  get signal(): string | null {
    return this.#ending?.kind === "signalled" ? this.#ending.signal : null;
  }

  get isMade(): boolean {
    return this.#ending !== null;
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
    this.#ending ??= { kind: "signalled", signal };
  }

  get isSuperseded(): boolean {
    return this.superseded !== null;
  }

  /** The ending if another master has taken over the run; otherwise null. */
  get superseded(): Ending | null {
    return this.#ending?.kind === "superseded" ? this.#ending : null;
  }

  /** Ends this master without waiting for anything, because another has taken over the run. */
  supersede(message: string): void {
    this.force();
    this.#ending = { kind: "superseded", message };
  }

  /** @throws RunEnded when a stop was requested. */
  check(): void {
    if (this.#ending !== null) throw new RunEnded(this.#ending);
  }
}
