import { parseDuration } from "../../core/duration.ts";
import type { RequestTimeouts } from "../../scenario/http.ts";

/** How long the parts of a request may take; infinite for no limit. */
export interface TimeLimits {
  readonly connectMs: number;
  readonly headersMs: number;
  /** Between two arrivals of content, and around them. */
  readonly bodyMs: number;
  readonly totalMs: number;
  /** Before so long nothing is over, whatever the request does. */
  readonly shortestMs: number;
}

type Timeout = string | RequestTimeouts;

const defaults = limitsOf({ connectMs: 30_000, headersMs: Infinity, bodyMs: Infinity, totalMs: 60_000 });
const maxKnown = 1_000;

/** The limits of a test's requests, of which each may have others than the test. */
export class TimeLimitRules {
  /** Of a request that says nothing. */
  readonly usual: TimeLimits;
  /** A test has few timeouts, and says them anew with each request. */
  readonly #known = new Map<string, TimeLimits>();

  /** @throws DurationError */
  constructor(timeout?: Timeout) {
    this.usual = timeout === undefined ? defaults : changed(defaults, timeout);
  }

  /** @throws DurationError */
  of(timeout: Timeout | undefined): TimeLimits {
    if (timeout === undefined) return this.usual;
    if (typeof timeout !== "string") return changed(this.usual, timeout);
    let limits = this.#known.get(timeout);
    if (limits === undefined) {
      limits = changed(this.usual, timeout);
      if (this.#known.size >= maxKnown) this.#known.clear();
      this.#known.set(timeout, limits);
    }
    return limits;
  }
}

/** For tests that set none. */
export const usualTimeLimits = new TimeLimitRules();

function changed(limits: TimeLimits, timeout: Timeout): TimeLimits {
  if (typeof timeout === "string") return limitsOf({ ...limits, totalMs: parseDuration(timeout) });
  const { connect, headers, body, total } = timeout;
  return limitsOf({
    connectMs: connect === undefined ? limits.connectMs : parseDuration(connect),
    headersMs: headers === undefined ? limits.headersMs : parseDuration(headers),
    bodyMs: body === undefined ? limits.bodyMs : parseDuration(body),
    totalMs: total === undefined ? limits.totalMs : parseDuration(total),
  });
}

function limitsOf({ connectMs, headersMs, bodyMs, totalMs }: Omit<TimeLimits, "shortestMs">): TimeLimits {
  return { connectMs, headersMs, bodyMs, totalMs, shortestMs: Math.min(connectMs, headersMs, bodyMs, totalMs) };
}
