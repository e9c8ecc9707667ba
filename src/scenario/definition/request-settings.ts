/** Settings of a test or a user class for all its requests. The settings of a class override those of the test. */
export interface RequestSettings {
  /** Retries of failed requests with an idempotent method (RFC 9110, 9.2.2); default: none. See `RetryOptions`. */
  readonly retries?: number | RetryOptions;
  /**
   * How long a session lasts, that is, the cookies and the headers set with `vu.http.headers`: `"user"` (default), or
   * `"iteration"` to make each iteration a new visitor. `vu.state` is kept in both cases.
   */
  readonly session?: "user" | "iteration";
  /**
   * How long connections are kept: `"user"` (default), `"iteration"` (k6's `noVUConnectionReuse`), or `"request"`: each
   * request opens a connection and closes it (k6's `noConnectionReuse`).
   */
  readonly connections?: "user" | "iteration" | "request";
}

/** Which failed requests are sent again, and when. Each attempt is measured and counted as a request of its own. */
export interface RetryOptions {
  /** The highest number of retries per request; 0 turns them off. */
  readonly max: number;
  /** The statuses after which a failed request is retried; default 408, 429, 502, 503 and 504. */
  readonly statuses?: readonly number[];
  /** Whether to retry after a refused or reset connection, a DNS error and a timeout; default true. */
  readonly errors?: boolean;
  /**
   * The delay before the first retry; default "100ms". It doubles with each retry, and is then shortened by a random part of
   * up to one half. A longer `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3), replaces it.
   */
  readonly delay?: string;
  /** The longest delay, also of a `Retry-After`; default "30s". */
  readonly maxDelay?: string;
}
