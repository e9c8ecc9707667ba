/**
 * A failed request, kept as evidence of its error. Secrets are masked, and long parts are cut. Where the request came no
 * further, texts are empty.
 */
export interface FailedRequest {
  /** When it had failed, in ms since the start of the run. */
  readonly atMs: number;
  /** The number of its worker; 0 until the master knows it. */
  readonly worker: number;
  /** The number of its user: `vu.index`. */
  readonly user: number;
  /** The start line and the headers that were sent, one per line. */
  readonly request: string;
  /** The start of the body that was sent. */
  readonly requestBody: string;
  /** The status and the headers that were received, one per line; empty without a response. */
  readonly response: string;
  /** The start of the body that was received. */
  readonly responseBody: string;
  /** From the first byte sent to the failure; for a request that was not sent, from the moment that the test made it. */
  readonly durationMs: number;
  /** The times of its phases, in the order of `phaseNames`; empty if it was not sent. */
  readonly phasesMs: readonly number[];
  /** The id of its trace, 32 hexadecimal digits; absent without one. */
  readonly traceId?: string;
}

/** How many failed requests are kept of an error: the earliest two, and the latest. */
const earliest = 2;

/**
 * Merges failed requests of one error. Which ones are kept does not depend on the order of merging.
 * @returns undefined if there are none
 */
export function keptSamples(
  some: readonly FailedRequest[] | undefined,
  others: readonly FailedRequest[] | undefined,
): readonly FailedRequest[] | undefined {
  if (some === undefined || others === undefined) return some ?? others;
  const all = [...some, ...others].sort(inOrder);
  return all.length <= earliest + 1 ? all : [...all.slice(0, earliest), ...all.slice(-1)];
}

function inOrder(a: FailedRequest, b: FailedRequest): number {
  return a.atMs - b.atMs || a.worker - b.worker || a.user - b.user || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
}

/** The number of intervals (seconds) before another failed request of an error is taken. */
const restIntervals = 10;
/** The number of errors of which a worker keeps failed requests. */
const mostErrors = 100;

/**
 * Decides in a worker which failed requests are kept: of each error the first two, then one every ten seconds, so that the
 * cost does not grow with the failures.
 */
export class SampleBudget {
  readonly #taken = new Map<string, { count: number; interval: number }>();
  #interval = 0;

  /** Whether to keep this failed request of an error. */
  takes(error: string): boolean {
    const known = this.#taken.get(error);
    if (known === undefined) {
      if (this.#taken.size === mostErrors) return false;
      this.#taken.set(error, { count: 1, interval: this.#interval });
      return true;
    }
    if (known.count >= earliest && this.#interval - known.interval < restIntervals) return false;
    known.count++;
    known.interval = this.#interval;
    return true;
  }

  /** The interval of a report has ended. */
  nextInterval(): void {
    this.#interval++;
  }
}
