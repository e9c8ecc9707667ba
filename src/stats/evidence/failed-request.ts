/**
 * A failed request, kept as evidence of its error. Secrets are masked, and long parts are cut. Texts of steps that the
 * request did not reach are empty.
 */
export interface FailedRequest {
  /** When the request failed, in ms since the start of the run. */
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
  /** The time from the first byte sent to the failure; for a request that was not sent, from when the test made it. */
  readonly durationMs: number;
  /** The times of its phases, in the order of `phaseNames`; empty if the request was not sent. */
  readonly phasesMs: readonly number[];
  /** The id of its trace, 32 hexadecimal digits; absent without one. */
  readonly traceId?: string;
}

/** The number of earliest failed requests that are kept for each error. The latest one is kept as well. */
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

/** The number of intervals (seconds) before another failed request of an error is kept. */
const restIntervals = 10;
/** The number of errors for which a worker keeps failed requests. */
const mostErrors = 100;

/**
 * Decides in a worker which failed requests are kept: for each error the first two, then one every ten seconds, so that the
 * cost does not grow with the number of failures.
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

  /** Called when the interval of a report has ended. */
  nextInterval(): void {
    this.#interval++;
  }
}
