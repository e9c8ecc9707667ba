/** Options of loads with an arrival rate. */
export interface OpenOptions {
  /** The time unit of `rate` and of the stages' targets, such as "1m" or "10s" (k6's `timeUnit`); default "1s". */
  readonly per?: string;
  /**
   * The highest number of virtual users at the same time (k6's `maxVUs`); default: enough for iterations of 10 s at the
   * highest rate.
   */
  readonly maxUsers?: number;
  /**
   * What happens to an iteration that is due while all users are busy: it waits (`queue`, default), or is dropped and
   * counted (`drop`).
   */
  readonly whenBusy?: "queue" | "drop";
  /** `even` (default): arrivals are evenly spaced. `poisson`: they are random with the same mean rate. */
  readonly arrivals?: "even" | "poisson";
}
