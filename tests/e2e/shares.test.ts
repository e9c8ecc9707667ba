import assert from "node:assert/strict";
import { test } from "node:test";
import { executionsOf } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun } from "../support/muster-process.ts";

test("classes and tasks come in the proportions of their weights", async (t) => {
  const { code, result } = await completedRun(t, [fixture("task-shares"), "--workers=2"]);
  assert.equal(code, 0);

  await t.test("110 users are 100 PlotPaletteUser, 10 AdminUser and no SpikeLoadUser", () => {
    assert.deepEqual(result.users, { PlotPaletteUser: 100, AdminUser: 10, SpikeLoadUser: 0 });
    assert.equal(result.peakUsers, 110);
  });

  for (const { className, wanted, executed } of [
    {
      className: "PlotPaletteUser",
      wanted: { "list jobs": 40, "list templates": 30, "get job": 20, "create job": 8, other: 2 },
      executed: 24_000,
    },
    {
      className: "AdminUser",
      wanted: { "list all jobs": 50, "view statistics": 30, "template usage": 20 },
      executed: 2_400,
    },
  ]) {
    await t.test(`tasks of ${className}: ${Object.values(wanted).join("/")} within 1 percentage point`, () => {
      const counts = new Map(result.checks.map((check) => [check.name, check.passes]));
      const countOf = (task: string) => counts.get(`${className}: ${task}`) ?? 0;
      const iterations = Object.keys(wanted).reduce((sum, task) => sum + countOf(task), 0);
      assert.equal(iterations, executed);
      for (const [task, percent] of Object.entries(wanted)) {
        const share = (100 * countOf(task)) / iterations;
        assert.ok(Math.abs(share - percent) <= 1, `${task}: ${share.toFixed(2)} % of ${iterations}`);
      }
    });
  }

  await t.test("the result counts the executions of each task", () => {
    const checks = result.checks.map(({ name, passes }) => [`default / ${name.replace(": ", " / ")}`, passes]);
    assert.deepEqual(executionsOf(result), Object.fromEntries(checks));
  });

  await t.test("every iteration is counted once", () => {
    assert.equal(
      result.checks.reduce((sum, check) => sum + check.passes, 0),
      result.iterations,
    );
  });
});
