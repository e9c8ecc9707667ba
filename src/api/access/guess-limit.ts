import { LineBudget } from "../../core/line-budget.ts";

/** Wrong tokens of one address, and of all, before checks are slowed: this many at once, and this many per second. */
const ofAddress = { burst: 10, perSecond: 0.1 };
const ofAll = { burst: 100, perSecond: 1 };
/** Wrong tokens of an address that has presented the right one, before right tokens from there are slowed, too. */
const ofKnown = { burst: 100, perSecond: 20 };
/** How long a slowed check takes, and how many of one address and of all are made at the same time. */
const delayMs = 1_000;
const pendingOfAddress = 4;
const pendingOfAll = 32;
/** The number of addresses whose wrong tokens are remembered. */
const mostAddresses = 10_000;

interface Guesser {
  readonly budget: LineBudget;
  /** Null until the right token has come from this address. */
  known: LineBudget | null;
  pending: number;
}

/**
 * Slows guesses of the tokens of the page, by address and in all. From an address that is not known, a right token is slowed like a wrong
 * one, so that the time says nothing about a guess. From an address that has presented the right token, a token is checked first and only
 * wrong ones are slowed: many visitors can share the address of a proxy, and one who guesses must not keep the others out. The time then
 * tells right from wrong, so that only 20 tokens in a second are checked in this way; beyond, such an address is slowed like any other.
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
   * Makes a check, perhaps later, or returns what it found later.
   * @param check returns whether the token is right
   * @returns what the check returned; null when too many are slowed now
   */
  async pass<Found>(address: string, check: () => Found | null): Promise<{ readonly found: Found | null } | null> {
    const guesser = this.#guesserAt(address);
    const isFast = guesser.budget.hasRoom && (guesser.known !== null || this.#all.hasRoom);
    const isFirst = guesser.known?.hasRoom === true;
    if (!isFast && !isFirst && !(await this.#slow(guesser))) return null;
    const found = check();
    if (found !== null) {
      guesser.known ??= new LineBudget(this.#nowMs, ofKnown.burst, ofKnown.perSecond);
      return { found };
    }
    guesser.budget.take();
    if (guesser.known === null) this.#all.take();
    else guesser.known.take();
    return !isFast && isFirst && !(await this.#slow(guesser)) ? null : { found };
  }

  /** Waits; returns false at once if too many checks wait. */
  async #slow(guesser: Guesser): Promise<boolean> {
    if (guesser.pending >= pendingOfAddress || this.#pending >= pendingOfAll) return false;
    guesser.pending++;
    this.#pending++;
    await this.#wait(delayMs);
    guesser.pending--;
    this.#pending--;
    return true;
  }

  #guesserAt(address: string): Guesser {
    const found = this.#addresses.get(address);
    if (found !== undefined) return found;
    const [oldest] = this.#addresses.size >= mostAddresses ? this.#addresses.keys() : [];
    if (oldest !== undefined) this.#addresses.delete(oldest);
    const budget = new LineBudget(this.#nowMs, ofAddress.burst, ofAddress.perSecond);
    const added = { budget, known: null, pending: 0 };
    this.#addresses.set(address, added);
    return added;
  }
}
