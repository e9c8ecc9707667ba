/** What `vu.measure` passes to its code. */
export interface MeasuredCall {
  /** Bytes that were received; the code may add to it. */
  bytesIn: number;
  /** Bytes that were sent; the code may add to it. */
  bytesOut: number;
  /** Aborted when `timeout` has passed or the user is stopped. Pass it to a client that can give up its work. */
  readonly signal: AbortSignal;
  /** Marks the work as failed, of kind "check", without throwing. The first message is kept. */
  fail(message: string): void;
}

/** Options of `vu.measure`. */
export interface MeasureOptions {
  /** What kind of work it is, such as "SQL": stands where requests have their method. Default: "CALL". */
  readonly kind?: string;
  /** Tags that thresholds select by, as tags of requests. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The longest time that the work may take; default: the `timeout` of requests of the user, 1 minute unless set. */
  readonly timeout?: string;
}
