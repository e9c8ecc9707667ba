import type { TestDefinition, UserDefinition } from "../../../src/scenario/definition/define.ts";
import type { VirtualUser } from "../../../src/scenario/definition/virtual-user.ts";
import { RunTotals } from "../../../src/stats/run-totals.ts";
import { reportOf } from "../../stats/recorder-events.ts";
import { within } from "../http/fixture.ts";
import { TestUser } from "../user/test-user.ts";

export type Vu = VirtualUser<object, object>;

/** Runs `code` as the only iteration of a user. Returns the user, and what it recorded. */
export async function iterated(
  code: (vu: Vu) => unknown,
  url?: string,
  ofTest: Partial<TestDefinition> = {},
  ofClass: Partial<UserDefinition> = {},
) {
  const tasks = {
    only: async (vu: Vu) => {
      vu.stop();
      await code(vu);
    },
  };
  const user = new TestUser({ ...ofClass, tasks }, url, ofTest, "own");
  await within(user.run(), "the user ends");
  const totals = new RunTotals();
  totals.add(reportOf(user.recorder));
  const rows = totals
    .endpoints()
    .map(({ method, name, requests, failures }) => [`${method} ${name}`, requests, failures] as const);
  const errors = [...user.recorder.errors.values()].map(({ method, name, kind, message }) =>
    [`${method} ${name}`.trim(), kind, message].join(" | "),
  );
  const metrics = Object.fromEntries(
    [...totals.metrics].map(([name, metric]) => [name, metric.kind === "counter" ? metric.sum : -1]),
  );
  return { user, totals, rows, errors, metrics };
}
