/** The argument that `vu.measure` passes to its code. */
export interface MeasuredCall {
  /** The number of bytes received; the code can add to it. */
  bytesIn: number;
  /** The number of bytes sent; the code can add to it. */
  bytesOut: number;
  /**
   * A signal that is aborted when `timeout` has passed or the user is stopped. Pass it to a client that can cancel its work.
   */
  readonly signal: AbortSignal;
  /** Marks the work as failed (kind "check") without throwing. Only the first message is kept. */
  fail(message: string): void;
}

/** Options of `vu.measure`. */
export interface MeasureOptions {
  /** The kind of work, such as "SQL". Reports show it where requests have their method. Default: "CALL". */
  readonly kind?: string;
  /** Tags that thresholds select by, like the tags of requests. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The longest time that the work may take; default: the `timeout` of requests of the user, 1 minute unless set. */
  readonly timeout?: string;
}
