export interface OpenOptions {
  /** The time that `rate` and the stages' targets are counted in, such as "1m" or "10s"; default "1s". */
  readonly per?: string;
  /** The most virtual users at the same time; default enough for iterations of 10 s at the highest rate. */
  readonly maxUsers?: number;
  /** What an iteration does that is due while every user is busy: wait its turn (default), or be dropped and counted. */
  readonly whenBusy?: "queue" | "drop";
  /** Evenly spaced (default), or at random with the same mean rate. */
  readonly arrivals?: "even" | "poisson";
}
