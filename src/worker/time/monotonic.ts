/**
 * Returns the milliseconds on this machine's monotonic clock (CLOCK_MONOTONIC), which is the same in every thread.
 * `performance.now()` counts from the start of its own thread.
 */
export function monotonicMs(): number {
  return performance.now() + threadStartMs;
}

const threadStartMs = findThreadStart();

/**
 * Compares the two clocks. They run at the same rate, so one comparison is enough. The fastest of a few comparisons is used,
 * because the thread can be interrupted between the two readings.
 */
function findThreadStart(): number {
  let quickestMs = Number.POSITIVE_INFINITY;
  let startMs = 0;
  for (let look = 0; look < 10; look++) {
    const beforeMs = performance.now();
    const [seconds, nanoseconds] = process.hrtime();
    const afterMs = performance.now();
    if (afterMs - beforeMs >= quickestMs) continue;
    quickestMs = afterMs - beforeMs;
    startMs = seconds * 1_000 + nanoseconds / 1e6 - (beforeMs + afterMs) / 2;
  }
  return startMs;
}
