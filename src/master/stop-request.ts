import type { Ending } from "../core/run.ts";
import { RunEnded } from "./run-outcome.ts";

/** Whether the run is to end before its plan: gently after the first signal, at once after the second. */
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

  /** Null while no stop was requested. */
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

  /** The ending of a run that another master carries out; null for any other. */
  get superseded(): Ending | null {
    return this.#ending?.kind === "superseded" ? this.#ending : null;
  }

  /** Another master carries out the run: this one ends, and waits for nothing. */
  supersede(message: string): void {
    this.force();
    this.#ending = { kind: "superseded", message };
  }

  /** @throws RunEnded when a stop was requested. */
  check(): void {
    if (this.#ending !== null) throw new RunEnded(this.#ending);
  }
}
