import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { closed, defineTest, defineUser } from "../../../src/index.ts";
import { validateTest } from "../../../src/scenario/bundle/load-bundle.ts";
import { resolveRun } from "../../../src/scenario/resolve/resolve.ts";

const users = [defineUser({ name: "A", tasks: { nothing: () => {} } })];

function driftOf(duration: string, drift?: false | { warmUp: string }, runTimeMs?: number) {
  const load = closed({ users: 20, spawnRate: 1, duration });
  const soak = { load, ...(drift === undefined ? {} : { drift }) };
  const test = validateTest(defineTest({ host: "http://127.0.0.1:8000", users, profiles: { soak } }));
  return resolveRun(test, runTimeMs === undefined ? {} : { runTimeMs }).drift;
}

test("a soak that ends before a drift could be judged is refused", () => {
  assert.deepEqual(driftOf("3m"), { rampEndMs: 20_000, warmUpMs: 120_000, abort: false });
  const refused = (...args: Parameters<typeof driftOf>) => {
    assert.throws(
      () => driftOf(...args),
      (error: unknown) =>
        error instanceof ConfigurationError &&
        /profile soak: drift needs 24s of load after the warm-up/.test(error.message),
    );
  };
  refused("2m20s");
  refused("4h", undefined, 60_000);
  refused("40s", { warmUp: "1s" });
  assert.equal(driftOf("44s", { warmUp: "1s" })?.warmUpMs, 1_000);
  assert.equal(driftOf("10s", false), null);
});
