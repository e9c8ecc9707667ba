import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { forgetSecrets, hideSecrets, keepSecret } from "../../src/core/redaction/known-secrets.ts";
import { engineNamed } from "../../src/worker/http/engines.ts";
import { parseBase } from "../../src/worker/http/request/target.ts";
import { TimeLimitRules } from "../../src/worker/http/time-limits.ts";
import { runLifecycle } from "../../src/worker/lifecycle.ts";

afterEach(forgetSecrets);

const returning = (value: unknown) => running(() => value);

const running = (code: () => unknown, setup: Record<string, unknown> = {}) =>
  runLifecycle({
    phase: "setup",
    code,
    profile: "default",
    runId: "r",
    setup,
    engine: engineNamed("own"),
    base: parseBase("http://127.0.0.1:1"),
    rules: { limits: new TimeLimitRules(undefined), keepsBodies: true },
  });

test("setup must return an object that JSON can represent, or an error says why it cannot", async () => {
  assert.deepEqual((await returning({ a: 1, left: undefined })).value, { a: 1 });
  assert.deepEqual((await returning(undefined)).value, {});
  assert.match((await returning([1])).error?.message ?? "", /setup must return an object/);
  for (const levels of [101, 50_000]) {
    let deep: object = {};
    for (let level = 1; level < levels; level++) deep = { deep };
    const { value, error } = await returning(deep);
    assert.deepEqual(value, {});
    assert.match(error?.message ?? "", /nested more than 100 levels deep/, `${levels} levels`);
  }
  const large = await returning({ rows: ["x".repeat(6_000_000)] });
  assert.deepEqual(large.value, {});
  assert.match(
    large.error?.message ?? "",
    /setup returned 7 MB as JSON; 5 MB can be sent to the workers: import large data/,
  );
});

test("an error with a message that is too large for the master is cut", async () => {
  const { error } = await running(() => {
    throw new Error(`status 500: ${"x".repeat(20_000_000)}`);
  });
  assert.match(error?.message ?? "", /^Error: status 500: x{1900,2000}…/);
  assert.match(error?.stack ?? "", /lifecycle\.test\.ts:\d+:\d+/, "its place is kept");
  assert.ok(JSON.stringify(error).length < 50_000);
});

test("an error leaves the worker without secrets: declared ones, and those in the value of setup", async () => {
  keepSecret("hunter2!");
  const { error } = await running(
    () => {
      throw new Error("no order for hunter2! with abc-123");
    },
    { login: { token: "abc-123" } },
  );
  assert.match(error?.message ?? "", /no order for \*\*\* with \*\*\*/);
  assert.doesNotMatch(error?.stack ?? "", /hunter2!|abc-123/);
  assert.equal(hideSecrets("abc-123"), "***");
});
