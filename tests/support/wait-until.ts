import { setTimeout as delay } from "node:timers/promises";

const pollEveryMs = 25;
/**
 * For how long a test waits for something that has to happen, in ms: the one time limit of all waits. Long, because a busy machine may
 * need 30 s for what takes an idle one 1 s. A test waits for that long only if it fails.
 */
export const patienceMs = 90_000;

/**
 * Polls until `condition` returns anything but false, null and undefined, and returns that. On timeout, throws an error
 * that names `what`.
 */
export async function waitUntil<Value>(
  what: string,
  condition: () => Value | Promise<Value>,
  timeoutMs = patienceMs,
): Promise<NonNullable<Exclude<Value, false>>> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== null && value !== false) return value as NonNullable<Exclude<Value, false>>;
    if (performance.now() > giveUpAt) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await delay(pollEveryMs);
  }
}
