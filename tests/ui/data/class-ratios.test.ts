import assert from "node:assert/strict";
import { test } from "node:test";
import { classRatios } from "../../../src/ui/data/class-ratios.ts";
import { syntheticReport } from "../synthetic-report.ts";

const report = syntheticReport({ minutes: 1, endpoints: 1, workers: 1, windows: 1 });
const tasks = [
  { name: "buy", share: 0.25 },
  { name: "browse", share: 0.75 },
];
const classes = [
  { scenario: "day", name: "Shopper", share: 0.75, tasks },
  { scenario: "day", name: "Admin", share: 0.25, tasks: [{ name: "look", share: 1 }] },
  { scenario: "night", name: "Shopper", share: 1, tasks },
];

test("a task's actual share is that of what its class has executed in its scenario", () => {
  const counts = [
    { scenario: "night", className: "Shopper", tasks: [{ name: "buy", executions: 9 }] },
    {
      scenario: "day",
      className: "Shopper",
      tasks: [
        { name: "buy", executions: 30 },
        { name: "browse", executions: 70 },
      ],
    },
  ];
  const result = { ...report.result, users: { Shopper: 30, Admin: 10 }, tasks: counts };
  assert.deepEqual(
    classRatios({ ...report, classes, result }).map(({ scenario, name, actual, executions, tasks: of }) => [
      `${scenario} ${name} ${actual} ${executions}`,
      ...of.map((task) => `${task.name} ${task.planned} ${task.actual} ${task.executions}`),
    ]),
    [
      ["day Shopper 0.75 100", "browse 0.75 0.7 70", "buy 0.25 0.3 30"],
      ["day Admin 0.25 0", "look 1 null 0"],
      ["night Shopper 1 9", "browse 0.75 0 0", "buy 0.25 1 9"],
    ],
  );
});

test("a result of before tasks were counted says nothing of them", () => {
  const { tasks: _, ...result } = report.result;
  const [ratio] = classRatios({ ...report, classes, result });
  assert.deepEqual([ratio?.executions, ratio?.tasks[0]?.executions, ratio?.tasks[0]?.actual], [null, null, null]);
});
