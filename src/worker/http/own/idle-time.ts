/** A connection that is idle for longer may have been dropped by a device on the path. */
const longestMs = 10 * 60_000;
/**
 * The time before the server closes an idle connection in which muster no longer uses it; at most half of the server's
 * timeout.
 */
const marginMs = 1_000;
const marginShare = 0.5;

/** Returns how long a connection may stay idle, given the timeout that the server announces in seconds (-1 if none). */
export function idleMs(saidSeconds: number): number {
  if (saidSeconds < 0) return longestMs;
  const saidMs = saidSeconds * 1_000;
  return Math.min(saidMs - Math.min(marginMs, saidMs * marginShare), longestMs);
}
