import { monotonicMs } from "../time/monotonic.ts";

/** The maximum drift between two clocks: quartz crystals deviate by 20 to 30 ppm each. */
const driftMsPerMs = 50e-6;
/** Exchanges older than this are dropped. */
const rememberedMs = 5 * 60_000;

interface Exchange {
  /** The master's clock minus this worker's clock, in ms. */
  readonly offsetMs: number;
  readonly roundTripMs: number;
  readonly atMs: number;
}

/**
 * Estimates the offset of the master's clock. The error of an exchange is at most half of its round trip (F. Cristian,
 * "Probabilistic clock synchronization", 1989), and grows with the drift of the clocks since then. The exchange with the
 * lowest error bound counts. Wall clocks are not used, so a wrong one has no effect.
 */
export class ClockEstimate {
  #exchanges: Exchange[] = [];

  /** Adds an exchange. `sentMs` and `answeredMs` are on this worker's clock; `masterMs` is the master's clock in between. */
  observe(sentMs: number, masterMs: number, answeredMs: number): void {
    const exchange = {
      offsetMs: masterMs - (sentMs + answeredMs) / 2,
      roundTripMs: answeredMs - sentMs,
      atMs: answeredMs,
    };
    // An exchange that can never be the best again is dropped, so that only a few are kept.
    this.#exchanges = this.#exchanges.filter(
      (known) =>
        answeredMs - known.atMs <= rememberedMs && errorBoundMs(known, answeredMs) < errorBoundMs(exchange, answeredMs),
    );
    this.#exchanges.push(exchange);
  }

  /** The estimated offset; null before the first exchange. */
  get offsetMs(): number | null {
    // All error bounds grow alike, so the best of the kept exchanges is the oldest.
    return this.#exchanges[0]?.offsetMs ?? null;
  }
}

function errorBoundMs({ roundTripMs, atMs }: Exchange, nowMs: number): number {
  return roundTripMs / 2 + (nowMs - atMs) * driftMsPerMs;
}

const firstBurst = 8;
const laterBurst = 4;
const burstEveryMs = 15_000;

export interface ClockSyncOptions {
  /** Sends a probe; the master answers with its number and clock. */
  readonly ask: (probe: number) => void;
  /** Called after each burst of probes, when the offset is known or known more exactly. */
  readonly onKnown: (offsetMs: number) => void;
}

/** Probes the master's clock over one socket, one probe at a time: at the start, and repeatedly, as clocks drift. */
export class ClockSync {
  readonly #options: ClockSyncOptions;
  readonly #estimate = new ClockEstimate();
  #left = 0;
  #probe = 0;
  #sentAtMs = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ClockSyncOptions) {
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

  /** Sends a burst of probes, unless a probe is still unanswered: its answer is late. */
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
