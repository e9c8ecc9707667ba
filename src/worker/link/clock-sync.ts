import { monotonicMs } from "../time/monotonic.ts";

/** Two clocks may drift apart by so much: quartz crystals are good to 20 or 30 ppm each. */
const driftMsPerMs = 50e-6;
/** Older exchanges say nothing that newer ones do not say better. */
const rememberedMs = 5 * 60_000;

interface Exchange {
  /** The master's clock minus ours. */
  readonly offsetMs: number;
  readonly roundTripMs: number;
  readonly atMs: number;
}

/**
 * How far the master's clock is ahead of ours. An exchange with a short round trip tells it well, with an error of half
 * that trip at most (F. Cristian, "Probabilistic clock synchronization", 1989), and less and less as the clocks drift
 * since. The one with the lowest bound of its error counts. Wall clocks play no part, so a wrong one bends nothing.
 */
export class ClockEstimate {
  #exchanges: Exchange[] = [];

  /** A probe: sent and answered on our clock, `masterMs` as the master read its own in between. */
  observe(sentMs: number, masterMs: number, answeredMs: number): void {
    const exchange = {
      offsetMs: masterMs - (sentMs + answeredMs) / 2,
      roundTripMs: answeredMs - sentMs,
      atMs: answeredMs,
    };
    // One that is never to be the best again is forgotten, so that only a few are kept.
    this.#exchanges = this.#exchanges.filter(
      (known) =>
        answeredMs - known.atMs <= rememberedMs && errorBoundMs(known, answeredMs) < errorBoundMs(exchange, answeredMs),
    );
    this.#exchanges.push(exchange);
  }

  /** Null before the first exchange. */
  get offsetMs(): number | null {
    // All drift by the same bound, so the best of the kept ones is the oldest.
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
  /** After each burst: the master's clock is known (better). */
  readonly onKnown: (offsetMs: number) => void;
}

/** Asks for the master's clock over one socket, one probe at a time: at its beginning, and now and then, as clocks drift. */
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
