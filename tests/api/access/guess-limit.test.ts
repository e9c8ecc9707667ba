import assert from "node:assert/strict";
import { test } from "node:test";
import { GuessLimit } from "../../../src/api/access/guess-limit.ts";

/** A limit on simulated time: `checks` counts the tokens that were looked at. */
function simulated() {
  const state = { nowMs: 0, checks: 0, waiting: [] as (() => void)[] };
  const limit = new GuessLimit(
    () => state.nowMs,
    () => new Promise<void>((resolve) => state.waiting.push(resolve)),
  );
  const guess = (address: string, isRight = false) =>
    limit.pass(address, () => {
      state.checks++;
      return isRight ? "right" : null;
    });
  const pass = () => {
    state.nowMs += 1_000;
    for (const go of state.waiting.splice(0)) go();
  };
  return { state, guess, pass };
}

test("the first guesses of an address are looked at at once, the others slowly, and too many at a time not at all", async () => {
  const { state, guess, pass } = simulated();
  for (let n = 0; n < 10; n++) assert.deepEqual(await guess("a"), { found: null });
  const slow = Array.from({ length: 4 }, () => guess("a"));
  assert.equal(await guess("a"), null);
  assert.equal(state.checks, 10);
  pass();
  assert.deepEqual(await Promise.all(slow), Array(4).fill({ found: null }));
  assert.equal(state.checks, 14);
});

test("a right token is slowed where wrong ones came from, but nowhere else", async () => {
  const { guess, pass, state } = simulated();
  for (let n = 0; n < 10; n++) await guess("attacker");
  assert.deepEqual(await guess("owner", true), { found: "right" });
  const late = guess("attacker", true);
  assert.equal(state.waiting.length, 1);
  pass();
  assert.deepEqual(await late, { found: "right" });
});

test("guesses from many addresses slow new addresses, not one that has presented the right token", async () => {
  const { guess, state } = simulated();
  assert.deepEqual(await guess("owner", true), { found: "right" });
  for (let n = 0; n < 100; n++) await guess(`bot ${n}`);
  void guess("a new one", true);
  assert.equal(state.waiting.length, 1);
  assert.deepEqual(await guess("owner", true), { found: "right" });
});

test("a right token from a known address passes at once while others guess there, unless more than 20 in a second do", async () => {
  const { guess, state, pass } = simulated();
  assert.deepEqual(await guess("proxy", true), { found: "right" });
  for (let n = 0; n < 10; n++) assert.deepEqual(await guess("proxy"), { found: null });
  const slow = Array.from({ length: 4 }, () => guess("proxy"));
  assert.deepEqual(await guess("proxy", true), { found: "right" });
  assert.equal(await guess("proxy"), null);
  assert.equal(state.waiting.length, 4);
  pass();
  assert.deepEqual(await Promise.all(slow), Array(4).fill({ found: null }));
  const flood = Array.from({ length: 200 }, () => guess("proxy"));
  const checks = state.checks;
  assert.equal(await guess("proxy", true), null);
  assert.ok(checks < 120, `${checks} checks`);
  pass();
  assert.deepEqual(await guess("proxy", true), { found: "right" });
  assert.ok((await Promise.all(flood)).every((one) => one === null || one.found === null));
});

test("a wrong token is forgiven after a while", async () => {
  const { guess, state } = simulated();
  for (let n = 0; n < 10; n++) await guess("a");
  state.nowMs += 100_000;
  assert.deepEqual(await guess("a"), { found: null });
  assert.equal(state.waiting.length, 0);
});
