import assert from "node:assert/strict";
import { test } from "node:test";
import { closed, iterations, open } from "../../../src/index.ts";
import { ScenarioTimes } from "../../../src/master/load/scenario-times.ts";
import type { LoadDefinition } from "../../../src/scenario/definition/define.ts";
import { TestControl } from "./control-fixture.ts";

const classes = [{ name: "a" }, { name: "b" }] as never;

function timesOf(load: LoadDefinition, names: readonly string[]) {
  const run = new TestControl(load);
  const times = new ScenarioTimes(
    names.map((name) => ({ name, classes })),
    2_000,
  );
  const idle = () =>
    times
      .idle(run.control.scenarios)
      .map((one) => [one.scenario, ...one.idle.map(({ fromMs, toMs }) => [fromMs, toMs])]);
  return { run, times, idle };
}

const never = Number.POSITIVE_INFINITY;

test("each scenario has no load before it starts and after its plan, as it was steered", () => {
  const { run, idle } = timesOf(
    {
      shop: { load: open({ rate: 10, duration: "20s" }) },
      yard: { load: closed({ users: 3, spawnRate: 100, duration: "30s" }), startAfter: "10s" },
    },
    ["shop", "yard"],
  );
  assert.deepEqual(idle(), [
    ["shop", [20_000, never]],
    ["yard", [0, 10_000], [40_000, never]],
  ]);
  run.nowMs = 4_900;
  run.control.pause();
  run.nowMs = 7_900;
  run.control.resume();
  assert.deepEqual(idle()[0], ["shop", [5_000, 8_000], [23_000, never]]);
  run.nowMs = 11_900;
  run.control.changeRate(0, "shop");
  assert.deepEqual(idle()[0], ["shop", [5_000, 8_000], [12_000, never]]);
});

test("a pause of users lasts until they have started again, one of arrivals or counted iterations until it is resumed", () => {
  const run = new TestControl({
    yard: { load: closed({ users: 20, spawnRate: 5, duration: "30s" }) },
    shop: { load: open({ rate: 10, duration: "30s" }) },
    batch: { load: iterations({ users: 2, total: 10 }) },
  });
  run.nowMs = 9_900;
  run.control.pause();
  run.nowMs = 14_900;
  run.control.resume();
  assert.deepEqual(
    run.control.scenarios.map(({ pauses }) => pauses.map(({ fromMs, toMs }) => [fromMs, toMs])),
    [[[10_000, 19_000]], [[10_000, 15_000]], []],
  );
});

test("counted iterations have no load once all are made", () => {
  const { run, times, idle } = timesOf(
    {
      batch: { load: iterations({ users: 2, total: 10 }) },
      yard: { load: closed({ users: 3, spawnRate: 100, duration: "30s" }) },
    },
    ["batch", "yard"],
  );
  const note = (made: number, startMs: number) => {
    const load = [{ scenario: 0, made, late: 0, dropped: 0, asked: 0 }];
    times.note(run.control.scenarios, [{ state: { load } }], startMs);
  };
  const [[name, ...before] = []] = idle();
  assert.deepEqual([name, before.length], ["batch", 1]);
  note(9, 6_000);
  assert.deepEqual(idle()[0], ["batch", ...before]);
  note(10, 7_000);
  note(10, 9_000);
  assert.deepEqual(idle(), [
    ["batch", [7_000, never]],
    ["yard", [30_000, never]],
  ]);
});

test("a resumed run knows which counted scenarios were done", () => {
  const load: LoadDefinition = { batch: { load: iterations({ users: 2, total: 10 }) } };
  const { run } = timesOf(load, ["batch"]);
  const resumed = new ScenarioTimes([{ name: "batch", classes }], 2_000, [["batch", 6_000]]);
  assert.deepEqual(resumed.idle(run.control.scenarios)[0]?.idle, [{ fromMs: 6_000, toMs: never }]);
  assert.deepEqual(resumed.done, [["batch", 6_000]]);
});
