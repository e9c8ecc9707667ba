import { setTimeout as delay } from "node:timers/promises";

const pollEveryMs = 25;
/** Long: a machine with other work may need 20 s for what takes it one when idle. */
const defaultTimeoutMs = 45_000;

/** Looks again and again until `condition` holds; what it returned then is the answer. Fails, naming `what`, when it never does. */
export async function waitUntil<Value>(
  what: string,
  condition: () => Value | Promise<Value>,
  timeoutMs = defaultTimeoutMs,
): Promise<NonNullable<Exclude<Value, false>>> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== null && value !== false) return value as NonNullable<Exclude<Value, false>>;
    if (performance.now() > giveUpAt) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await delay(pollEveryMs);
  }
}
