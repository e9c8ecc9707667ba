import assert from "node:assert/strict";
import { test } from "node:test";
import { longestSessionMs, mostSessions, Sessions, sessionIdleMs } from "../../../src/api/access/sessions.ts";

function simulated() {
  const clock = { nowMs: 0 };
  return { clock, sessions: new Sessions(() => clock.nowMs) };
}

test("a session ends when it was not used, and at the latest after a week", (t) => {
  const { clock, sessions } = simulated();
  t.after(() => sessions.close());
  const [idle, busy] = [sessions.begin("look"), sessions.begin("start")];
  for (; clock.nowMs < longestSessionMs; clock.nowMs += sessionIdleMs / 2)
    assert.equal(sessions.find(busy)?.role, "start");
  assert.equal(sessions.find(idle), null);
  assert.equal(sessions.find(busy), null);
});

test("an open stream is use, and ends with its session", (t) => {
  const { clock, sessions } = simulated();
  t.after(() => sessions.close());
  const secret = sessions.begin("look");
  let ended = 0;
  sessions.find(secret)?.streams.add(() => ended++);
  for (; clock.nowMs < longestSessionMs; clock.nowMs += sessionIdleMs / 2) {
    sessions.sweep();
    assert.equal(ended, 0);
  }
  sessions.sweep();
  assert.equal(ended, 1);
});

test("a logout ends the session and its streams; what is no session is none", (t) => {
  const { sessions } = simulated();
  t.after(() => sessions.close());
  const secret = sessions.begin("steer");
  let ended = 0;
  sessions.find(secret)?.streams.add(() => ended++);
  sessions.end(secret);
  assert.deepEqual([ended, sessions.find(secret)], [1, null]);
  for (const no of [undefined, "", "x", "y".repeat(1_000_000)]) assert.equal(sessions.find(no), null);
});

test("of too many sessions, the one that was not used for the longest time ends", (t) => {
  const { clock, sessions } = simulated();
  t.after(() => sessions.close());
  const secrets = Array.from({ length: mostSessions }, () => {
    clock.nowMs++;
    return sessions.begin("look");
  });
  const [first = "", second = ""] = secrets;
  assert.ok(sessions.find(first) !== null);
  sessions.begin("look");
  assert.equal(sessions.find(second), null);
  assert.ok(sessions.find(first) !== null);
});
