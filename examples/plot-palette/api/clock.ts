/** A monotonic clock in milliseconds (`performance.now` outside tests). */
export type Clock = () => number;
