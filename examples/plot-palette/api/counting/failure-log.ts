/** An answer with a status of 400 or above. */
export interface LoggedFailure {
  /** Such as `GET /jobs/:id`. */
  readonly route: string;
  readonly status: number;
  /** The header of the request; null without one. */
  readonly traceparent: string | null;
}

const MOST_FAILURES = 10_000;

/** The latest failures, as a service would write them into its log. */
export class FailureLog {
  #failures: LoggedFailure[] = [];

  record(failure: LoggedFailure): void {
    if (this.#failures.length >= MOST_FAILURES) this.#failures = this.#failures.slice(MOST_FAILURES / 2);
    this.#failures.push(failure);
  }

  get all(): readonly LoggedFailure[] {
    return this.#failures;
  }

  reset(): void {
    this.#failures = [];
  }
}
