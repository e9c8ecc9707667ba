import { DurationError, parseDuration } from "../../core/duration.ts";
import { nameHint } from "../../core/nearest.ts";
import type { RequestTimeouts } from "../../scenario/definition/http.ts";
import { InvalidRequest } from "./request/invalid-request.ts";
import { requireRecord } from "./request/request-options.ts";

/** How long the phases of a request may take; Infinity for no limit. */
export interface TimeLimits {
  readonly connectMs: number;
  readonly headersMs: number;
  /** The longest wait for more of the body. */
  readonly bodyMs: number;
  readonly totalMs: number;
  /** The shortest limit: before this time, no limit can expire. */
  readonly shortestMs: number;
}

type Timeout = string | RequestTimeouts;

const defaults = limitsOf({ connectMs: 30_000, headersMs: Infinity, bodyMs: Infinity, totalMs: 60_000 });
const maxKnown = 1_000;
const partNames = ["connect", "headers", "body", "total"];

/** The time limits of a test and of its requests. */
export class TimeLimitRules {
  /** The limits of a request that sets none. */
  readonly usual: TimeLimits;
  /** Parsed limits by timeout option: a test has few of them, but passes them with each request. */
  readonly #known = new Map<string, TimeLimits>();

  /** @throws InvalidRequest */
  constructor(timeout?: Timeout) {
    this.usual = timeout === undefined ? defaults : changed(defaults, timeout);
  }

  /** @throws InvalidRequest */
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

/** The limits of tests that set none. */
export const usualTimeLimits = new TimeLimitRules();

function changed(limits: TimeLimits, timeout: Timeout): TimeLimits {
  if (typeof timeout === "string") return limitsOf({ ...limits, totalMs: parsed("timeout", timeout) });
  checkParts(timeout);
  const { connect, headers, body, total } = timeout;
  return limitsOf({
    connectMs: connect === undefined ? limits.connectMs : parsed("timeout.connect", connect),
    headersMs: headers === undefined ? limits.headersMs : parsed("timeout.headers", headers),
    bodyMs: body === undefined ? limits.bodyMs : parsed("timeout.body", body),
    totalMs: total === undefined ? limits.totalMs : parsed("timeout.total", total),
  });
}

/** @throws InvalidRequest that names the field */
function parsed(field: string, text: string): number {
  try {
    const durationMs = parseDuration(text);
    if (durationMs > 0) return durationMs;
  } catch (cause) {
    if (cause instanceof DurationError) throw new InvalidRequest(`${field}: ${cause.message}`, { cause });
    throw cause;
  }
  throw new InvalidRequest(`${field} is ${JSON.stringify(text)}; expected a time longer than zero`);
}

function checkParts(timeout: unknown): asserts timeout is RequestTimeouts {
  if (typeof timeout !== "object") parsed("timeout", timeout as string);
  requireRecord("timeout", timeout, '{ connect: "1s", total: "10s" }, or a duration such as "5s"');
  for (const part of Object.keys(timeout)) {
    if (partNames.includes(part)) continue;
    throw new InvalidRequest(`unknown limit ${JSON.stringify(part)} in timeout; ${nameHint(part, partNames)}`);
  }
}

function limitsOf({ connectMs, headersMs, bodyMs, totalMs }: Omit<TimeLimits, "shortestMs">): TimeLimits {
  return { connectMs, headersMs, bodyMs, totalMs, shortestMs: Math.min(connectMs, headersMs, bodyMs, totalMs) };
}
