/** A receiver of data over HTTP POST. */
export interface DeliveryTarget {
  /** The name with which messages about the receiver begin, without credentials, e.g. "--otlp http://127.0.0.1:4318". */
  readonly name: string;
  /** The URL without user and password, which are in `headers`. */
  readonly url: string;
  /** The headers of the requests, including `content-type`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether an HTTP status is worth another attempt; by default true for 429, 502, 503 and 504. */
  readonly isRetryable?: (status: number) => boolean;
  /** Returns what a receiver that answered with 2xx did not accept; null if it accepted everything. */
  readonly refusedIn?: (answer: Uint8Array) => string | null;
  /** Whether messages may quote the answers of the receiver; default true. */
  readonly isQuotable?: boolean;
}

/** The outcome of one attempt to deliver. */
export type Attempt =
  /** `refused`: what the receiver did not accept, although it answered with 2xx. */
  | { readonly kind: "delivered"; readonly refused: string | null }
  /** Another attempt would have the same result. */
  | { readonly kind: "refused"; readonly fault: string }
  /**
   * Another attempt may succeed. `afterMs`: how long the receiver asks to wait; null if it does not ask. `mayBeBody`: whether
   * the body may be the cause of the failure.
   */
  | { readonly kind: "failed"; readonly fault: string; readonly afterMs: number | null; readonly mayBeBody: boolean };

/**
 * The statuses that are worth another attempt by the specification of OTLP:
 * https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes.
 */
export const retryableStatuses: readonly number[] = [429, 502, 503, 504];
