import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { env, readEnvironment, useEnvironment } from "../../../src/scenario/bundle/environment.ts";

afterEach(() => {
  for (const name of ["MUSTER_T_SET", "MUSTER_T_EMPTY", "MUSTER_T_LOCAL"]) delete process.env[name];
});

test("env() is the variable, else the fallback, else empty; an empty variable is not set", () => {
  process.env.MUSTER_T_SET = "value";
  process.env.MUSTER_T_EMPTY = "";
  assert.equal(env("MUSTER_T_SET", "other"), "value");
  assert.equal(env("MUSTER_T_EMPTY", "other"), "other");
  assert.equal(env("MUSTER_T_UNSET", "other"), "other");
  assert.equal(env("MUSTER_T_UNSET"), "");
});

test("what was asked for is known, null where it was not set", () => {
  process.env.MUSTER_T_SET = "value";
  for (const name of ["MUSTER_T_SET", "MUSTER_T_EMPTY", "MUSTER_T_UNSET"]) env(name, "fallback");
  const { MUSTER_T_SET, MUSTER_T_EMPTY, MUSTER_T_UNSET, MUSTER_T_NEVER } = readEnvironment();
  assert.deepEqual([MUSTER_T_SET, MUSTER_T_EMPTY, MUSTER_T_UNSET, MUSTER_T_NEVER], ["value", null, null, undefined]);
});

test("a value that is too large for the workers is refused by name, with the limit", () => {
  process.env.MUSTER_T_SET = "x".repeat(1_000_001);
  assert.throws(
    () => env("MUSTER_T_SET"),
    new ConfigurationError(
      'env("MUSTER_T_SET") has 1000001 characters; at most 1000000 can travel to the workers: import large data from a file',
    ),
  );
  process.env.MUSTER_T_SET = "x".repeat(1_000_000);
  assert.equal(env("MUSTER_T_SET").length, 1_000_000);
});

// From here on this process is a worker: there is no way back.
test("a worker sees what the master read, whatever its own environment says", () => {
  process.env.MUSTER_T_SET = "the worker's";
  process.env.MUSTER_T_EMPTY = "the worker's";
  process.env.MUSTER_T_LOCAL = "the worker's";
  const shipped = JSON.parse(JSON.stringify({ MUSTER_T_SET: "the master's", MUSTER_T_EMPTY: null }));
  useEnvironment(shipped);
  assert.equal(env("MUSTER_T_SET", "fallback"), "the master's");
  assert.equal(env("MUSTER_T_EMPTY", "fallback"), "fallback", "not set on the master is not set here");
});

test("a variable that a worker asks for first is refused by name, with what to do", () => {
  process.env.MUSTER_T_LOCAL = "the worker's";
  useEnvironment({ MUSTER_T_SET: "the master's" });
  assert.throws(
    () => env("MUSTER_T_LOCAL", "fallback"),
    (error) =>
      error instanceof ConfigurationError && /env\("MUSTER_T_LOCAL"\) .*top level of the test file/.test(error.message),
  );
  assert.throws(() => env("toString"), ConfigurationError, "not even one that every object has");
  assert.equal(env("MUSTER_T_SET"), "the master's");
});
