import assert from "node:assert/strict";
import { test } from "node:test";
import { MainHeartbeat, MainThreadWatch } from "../../../src/worker/link/main-heartbeat.ts";
import { Silence } from "../../../src/worker/link/silence.ts";

/** Looks every 100 ms from `fromMs` to `toMs`. */
function watch(watcher: { pass(nowMs: number): void }, fromMs: number, toMs: number): void {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 100) watcher.pass(nowMs);
}

test("silence lasts until it is broken", () => {
  const silence = new Silence(0);
  watch(silence, 100, 5_000);
  assert.equal(silence.silentMs, 5_000);
  silence.broken();
  assert.equal(silence.silentMs, 0);
  watch(silence, 5_100, 6_000);
  assert.equal(silence.silentMs, 1_000);
});

test("time in which the process could not read does not count as silence", () => {
  const silence = new Silence(0);
  watch(silence, 100, 1_000);
  silence.pass(61_000);
  assert.equal(silence.silentMs, 1_250);
});

test("main is blocked when it has not beaten for half a second", () => {
  const heartbeat = new MainHeartbeat();
  const main = new MainThreadWatch(new MainHeartbeat(heartbeat.memory), 0);
  heartbeat.beat(7);
  watch(main, 100, 500);
  assert.deepEqual([main.users, main.blockedMs], [7, 0]);
  watch(main, 600, 3_100);
  assert.equal(main.blockedMs, 3_000);
  heartbeat.beat(8);
  main.pass(3_200);
  assert.deepEqual([main.users, main.blockedMs], [8, 0]);
});

test("a process that was suspended and resumed is not blocked", () => {
  const main = new MainThreadWatch(new MainHeartbeat(), 0);
  watch(main, 100, 200);
  main.pass(60_000);
  assert.equal(main.blockedMs, 0);
});
