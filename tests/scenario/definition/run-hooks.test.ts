import assert from "node:assert/strict";
import { test } from "node:test";
import { runHook } from "../../../src/scenario/definition/run-hooks.ts";

test("a hook is awaited, what it throws is thrown, and one that does not end is left", async () => {
  let isDone = false;
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    isDone = true;
  };
  await runHook("onRunStart", slow, 60_000);
  assert.equal(isDone, true);
  const broken = () => {
    throw new Error("broken");
  };
  await assert.rejects(runHook("onRunEnd", broken, 60_000), { message: "broken" });
  await assert.rejects(
    runHook("onWorkerStop", () => new Promise(() => {}), 10),
    { message: "onWorkerStop: it did not end within 0.01 s, and is no longer waited for" },
  );
});
