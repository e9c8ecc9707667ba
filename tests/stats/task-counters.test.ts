import assert from "node:assert/strict";
import { test } from "node:test";
import { TaskCounters, TaskTotals } from "../../src/stats/task-counters.ts";

const tasks = (count: number, from = 0) =>
  Array.from({ length: count }, (_, task) => ({ name: `task ${from + task}` }));

test("a class's tasks are counted by scenario, and only those that were executed are listed", () => {
  const counters = new TaskCounters();
  for (const task of [0, 2, 2]) counters.of("a", "Reader", tasks(3)).count(task);
  counters.of("b", "Reader", tasks(3)).count(1);
  assert.deepEqual(counters.list(), [
    {
      scenario: "a",
      className: "Reader",
      tasks: [
        { name: "task 0", executions: 1 },
        { name: "task 2", executions: 2 },
      ],
    },
    { scenario: "b", className: "Reader", tasks: [{ name: "task 1", executions: 1 }] },
  ]);
  counters.reset();
  assert.deepEqual(counters.list(), []);
});

test("from the 1,001st task of a worker on tasks are counted together, whichever is executed first", () => {
  const counters = new TaskCounters();
  const first = counters.of("default", "First", tasks(999));
  const second = counters.of("default", "Second", tasks(3));
  for (const task of [2, 1, 0, 2]) second.count(task);
  first.count(998);
  assert.deepEqual(counters.list(), [
    { scenario: "default", className: "First", tasks: [{ name: "task 998", executions: 1 }] },
    { scenario: "default", className: "Second", tasks: [{ name: "task 0", executions: 1 }] },
    { scenario: "", className: "", tasks: [{ name: "(other)", executions: 3 }] },
  ]);
});

test("totals count 2,000 tasks separately, and lose nothing of the others", () => {
  const totals = new TaskTotals();
  for (let worker = 0; worker < 3; worker++) {
    const executed = tasks(900, worker * 900).map(({ name }) => ({ name, executions: 2 }));
    totals.add({ scenario: "default", className: `Class ${worker}`, tasks: executed });
  }
  const merged = new TaskTotals();
  merged.merge(totals);
  assert.deepEqual(
    merged
      .list()
      .map(({ className, tasks: each }) => [
        className,
        each.length,
        each.reduce((sum, { executions }) => sum + executions, 0),
      ]),
    [
      ["Class 0", 900, 1_800],
      ["Class 1", 900, 1_800],
      ["Class 2", 200, 400],
      ["", 1, 1_400],
    ],
  );
  assert.ok(merged.hasOverflow);
});
