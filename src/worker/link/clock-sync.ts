import { monotonicMs } from "../time/monotonic.ts";
import { ClockEstimate } from "./clock-estimate.ts";

const firstBurst = 8;
const laterBurst = 4;
const burstEveryMs = 15_000;

export interface ClockProbesOptions {
  /** Sends a probe; the master answers with its number and clock. */
  readonly ask: (probe: number) => void;
  /** After each burst: the master's clock is known (better). */
  readonly onKnown: (offsetMs: number) => void;
}

/** Asks for the master's clock over one socket, one probe at a time: at its beginning, and now and then, as clocks drift. */
export class ClockProbes {
  readonly #options: ClockProbesOptions;
  readonly #estimate = new ClockEstimate();
  #left = 0;
  #probe = 0;
  #sentAtMs = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ClockProbesOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#burst(firstBurst);
    this.#timer = setInterval(() => this.#burst(laterBurst), burstEveryMs);
  }

  answered(probe: number, masterMs: number): void {
    if (probe !== this.#probe || this.#left === 0) return;
    this.#estimate.observe(this.#sentAtMs, masterMs, monotonicMs());
    this.#left--;
    if (this.#left > 0) this.#ask();
    else if (this.#estimate.offsetMs !== null) this.#options.onKnown(this.#estimate.offsetMs);
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** One that is still under way goes on: its answer is late. */
  #burst(probes: number): void {
    if (this.#left > 0) return;
    this.#left = probes;
    this.#ask();
  }

  #ask(): void {
    this.#probe++;
    this.#sentAtMs = monotonicMs();
    this.#options.ask(this.#probe);
  }
}
