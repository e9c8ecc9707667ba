import { describeValue } from "../../../core/describe-value.ts";
import { DurationError, parseDuration } from "../../../core/duration.ts";
import type { FailureKind } from "../../../core/failure-kind.ts";
import { nameHint } from "../../../core/nearest.ts";
import type { RetryOptions } from "../../../scenario/definition/request-settings.ts";
import { InvalidRequest } from "../request/invalid-request.ts";
import { requireRecord } from "../request/request-options.ts";
import type { ReceivedResponse } from "../response/response.ts";

/** Idempotent methods (RFC 9110, 9.2.2): sending a request twice has the same effect as sending it once. */
const idempotentMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]);
const defaultStatuses: readonly number[] = [408, 429, 502, 503, 504];
const retriedErrors: ReadonlySet<FailureKind> = new Set(["timeout", "refused", "reset", "dns"]);
const optionNames = ["max", "statuses", "errors", "delay", "maxDelay"];
const seconds = /^\d{1,9}$/;

export function isIdempotent(method: string): boolean {
  return idempotentMethods.has(method);
}

/** Decides whether a failed request is sent again, and when. */
export class RetryRules {
  readonly #max: number;
  readonly #statuses: readonly number[];
  readonly #errors: boolean;
  readonly #delayMs: number;
  readonly #maxDelayMs: number;

  /** @throws InvalidRequest */
  constructor(retries: number | RetryOptions) {
    const options = typeof retries === "number" ? { max: retries } : retries;
    checkOptions(options);
    const { max, statuses = defaultStatuses, errors = true, delay = "100ms", maxDelay = "30s" } = options;
    this.#max = max;
    this.#statuses = statuses;
    this.#errors = errors;
    this.#delayMs = durationOf("delay", delay);
    this.#maxDelayMs = durationOf("maxDelay", maxDelay);
  }

  /**
   * Returns the delay before the next attempt, in ms; null if `response` is final. Half of the delay is random, so that users
   * whose requests failed together do not all retry together.
   */
  delayMs(response: ReceivedResponse, attempt: number): number | null {
    if (attempt > this.#max || response.error === null || !this.#isRetried(response.error.kind, response.status)) {
      return null;
    }
    const delayMs = this.#delayMs * 2 ** (attempt - 1) * (1 - Math.random() / 2);
    return Math.min(this.#maxDelayMs, Math.max(delayMs, retryAfterMs(response)));
  }

  #isRetried(kind: FailureKind, status: number): boolean {
    return retriedErrors.has(kind) ? this.#errors : kind !== "generator" && this.#statuses.includes(status);
  }
}

/** Returns the time that a response asks to wait (RFC 9110, 10.2.3), in ms; 0 without a `Retry-After`. */
function retryAfterMs({ headers }: ReceivedResponse): number {
  const after = headers["retry-after"]?.trim();
  if (after === undefined) return 0;
  if (seconds.test(after)) return Number(after) * 1_000;
  const untilMs = Date.parse(after) - Date.now();
  return Number.isNaN(untilMs) ? 0 : Math.max(0, untilMs);
}

/** @throws InvalidRequest that names the field */
function checkOptions(options: unknown): asserts options is RetryOptions {
  requireRecord("retries", options, "{ max: 2, statuses: [503] }, or a number of retries");
  for (const name of Object.keys(options)) {
    if (optionNames.includes(name)) continue;
    throw new InvalidRequest(`unknown field ${JSON.stringify(name)} in retries; ${nameHint(name, optionNames)}`);
  }
  const { max, statuses = [], errors = true } = options;
  if (!Number.isInteger(max) || (max as number) < 0) {
    throw new InvalidRequest(`retries.max is ${describeValue(max)}; expected a whole number, 0 for none`);
  }
  if (!Array.isArray(statuses) || !statuses.every((status) => Number.isInteger(status))) {
    throw new InvalidRequest(`retries.statuses is ${describeValue(statuses)}; expected statuses such as [429, 503]`);
  }
  if (typeof errors !== "boolean") {
    throw new InvalidRequest(`retries.errors is ${describeValue(errors)}; expected true or false`);
  }
}

function durationOf(field: "delay" | "maxDelay", text: string): number {
  try {
    return parseDuration(text);
  } catch (cause) {
    if (cause instanceof DurationError) throw new InvalidRequest(`retries.${field}: ${cause.message}`, { cause });
    throw cause;
  }
}
