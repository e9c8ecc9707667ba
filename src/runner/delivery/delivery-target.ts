/** A receiver of data over HTTP POST. */
export interface DeliveryTarget {
  /** Begins messages about it, without credentials, e.g. "--otlp http://127.0.0.1:4318". */
  readonly name: string;
  /** Without user and password: those are in `headers`. */
  readonly url: string;
  /** With `content-type`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Which HTTP statuses are worth another attempt; default 429, 502, 503 and 504. */
  readonly isRetryable?: (status: number) => boolean;
  /** What a receiver that answered with 2xx has not taken nevertheless; null if it took everything. */
  readonly refusedIn?: (answer: Uint8Array) => string | null;
  /** Whether messages may quote its answers; default true. */
  readonly isQuotable?: boolean;
}

/** What became of one attempt to deliver. */
export type Attempt =
  /** `refused`: what the receiver has not taken, although it answered with 2xx. */
  | { readonly kind: "delivered"; readonly refused: string | null }
  /** Another attempt would have the same result. */
  | { readonly kind: "refused"; readonly fault: string }
  /**
   * Another attempt may succeed, after `afterMs` if the receiver says so; null if it does not. `mayBeBody`: the receiver may have
   * answered so because of this body.
   */
  | { readonly kind: "failed"; readonly fault: string; readonly afterMs: number | null; readonly mayBeBody: boolean };

/** By the specification of OTLP: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes. */
export const retryableStatuses: readonly number[] = [429, 502, 503, 504];
