import { LineBudget } from "../../core/line-budget.ts";

/**
 * The wrong tokens of one address (`ofAddress`), and of all addresses (`ofAll`), after which checks are slowed: a
 * burst, and a rate per second.
 */
const ofAddress = { burst: 10, perSecond: 0.1 };
const ofAll = { burst: 100, perSecond: 1 };
/** The wrong tokens of an address that has presented a right token, after which its right tokens are slowed, too. */
const ofKnown = { burst: 100, perSecond: 20 };
/** The delay of a slowed check, and the maximum number of slowed checks at a time, of one address and of all addresses. */
const delayMs = 1_000;
const pendingOfAddress = 4;
const pendingOfAll = 32;
/** The number of addresses whose wrong tokens are remembered. */
const mostAddresses = 10_000;

interface Guesser {
  readonly budget: LineBudget;
  /** The budget of wrong tokens after a right one came from this address; null before that. */
  known: LineBudget | null;
  pending: number;
}

/**
 * Slows guesses of the page's tokens, by address and in total. From an unknown address, a right token is slowed like a wrong one, so that
 * the time reveals nothing about a guess. From an address that has presented a right token, a token is checked first and only wrong ones
 * are slowed: many visitors can share the address of a proxy, and a guessing client must not lock out the others. The time then does
 * reveal whether a token is right, so only 20 wrong tokens per second are checked in this way. Beyond that, such an address is slowed
 * like any other.
 */
export class GuessLimit {
  readonly #nowMs: () => number;
  readonly #wait: (ms: number) => Promise<unknown>;
  readonly #all: LineBudget;
  readonly #addresses = new Map<string, Guesser>();
  #pending = 0;

  /** @param wait resolves after the given number of milliseconds */
  constructor(nowMs: () => number, wait: (ms: number) => Promise<unknown>) {
    this.#nowMs = nowMs;
    this.#wait = wait;
    this.#all = new LineBudget(nowMs, ofAll.burst, ofAll.perSecond);
  }

  /**
   * Runs a check at once or after a delay, or delays its result.
   * @param check returns what a right token stands for; null if the token is wrong
   * @returns the result of the check; null if too many checks are being slowed
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

  /** Waits for the delay. Returns false at once if too many checks are waiting. */
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
