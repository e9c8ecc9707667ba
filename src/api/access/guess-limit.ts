import { LineBudget } from "../../core/line-budget.ts";

/** Wrong tokens of one address, and of all, before checks are slowed: this many at once, and this many per second. */
const ofAddress = { burst: 10, perSecond: 0.1 };
const ofAll = { burst: 100, perSecond: 1 };
/** How long a slowed check takes, and how many of one address and of all are made at the same time. */
const delayMs = 1_000;
const pendingOfAddress = 4;
const pendingOfAll = 32;
/** The number of addresses whose wrong tokens are remembered. */
const mostAddresses = 10_000;

interface Guesser {
  readonly budget: LineBudget;
  pending: number;
  /** Whether the right token has come from this address. */
  isKnown: boolean;
}

/**
 * Slows guesses of the tokens of the page, by address and in all. A right token is slowed like a wrong one, so that nothing is learned by
 * the time; but nobody is locked out: sessions go on, and an address that has presented the right token is slowed only for wrong
 * tokens of its own.
 */
export class GuessLimit {
  readonly #nowMs: () => number;
  readonly #wait: (ms: number) => Promise<unknown>;
  readonly #all: LineBudget;
  readonly #addresses = new Map<string, Guesser>();
  #pending = 0;

  /** @param wait resolves after so many milliseconds */
  constructor(nowMs: () => number, wait: (ms: number) => Promise<unknown>) {
    this.#nowMs = nowMs;
    this.#wait = wait;
    this.#all = new LineBudget(nowMs, ofAll.burst, ofAll.perSecond);
  }

  /**
   * Makes a check, perhaps later.
   * @param check returns whether the token is right
   * @returns what the check returned; null when there are too many checks now
   */
  async pass<Found>(address: string, check: () => Found | null): Promise<{ readonly found: Found | null } | null> {
    const guesser = this.#guesserAt(address);
    if (!guesser.budget.hasRoom || (!guesser.isKnown && !this.#all.hasRoom)) {
      if (guesser.pending >= pendingOfAddress || this.#pending >= pendingOfAll) return null;
      guesser.pending++;
      this.#pending++;
      await this.#wait(delayMs);
      guesser.pending--;
      this.#pending--;
    }
    const found = check();
    if (found !== null) guesser.isKnown = true;
    else {
      guesser.budget.take();
      if (!guesser.isKnown) this.#all.take();
    }
    return { found };
  }

  #guesserAt(address: string): Guesser {
    const found = this.#addresses.get(address);
    if (found !== undefined) return found;
    const [oldest] = this.#addresses.size >= mostAddresses ? this.#addresses.keys() : [];
    if (oldest !== undefined) this.#addresses.delete(oldest);
    const budget = new LineBudget(this.#nowMs, ofAddress.burst, ofAddress.perSecond);
    const added = { budget, pending: 0, isKnown: false };
    this.#addresses.set(address, added);
    return added;
  }
}
