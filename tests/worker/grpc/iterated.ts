import type { VirtualUser } from "../../../src/scenario/definition/virtual-user.ts";
import { RunTotals } from "../../../src/stats/run-totals.ts";
import { reportOf } from "../../stats/recorder-events.ts";
import { within } from "../http/fixture.ts";
import { TestUser } from "../user/test-user.ts";

export type Vu = VirtualUser<object, object>;

/** Runs `code` as the only iteration of a user. Returns the user and what it recorded. */
export async function iterated(code: (vu: Vu) => unknown, url?: string, ofTest = {}) {
  const tasks = {
    only: async (vu: Vu) => {
      vu.stop();
      await code(vu);
    },
  };
  const user = new TestUser({ tasks }, url, ofTest, "own");
  await within(user.run(), "the user ends");
  const totals = new RunTotals();
  totals.add(reportOf(user.recorder));
  const rows = totals.endpoints().map(({ method, name, requests, failures }) => [method, name, requests, failures]);
  return { user, totals, rows };
}

/** The failures of a user, in the order in which they happened first: endpoint, kind, message, count. */
export function errorsOf({ recorder }: TestUser) {
  return [...recorder.errors.values()].map(({ name, kind, message, count }) => [name, kind, message, count]);
}

/** How many messages a user has sent and received. */
export function messagesOf({ recorder }: TestUser) {
  return ["messages_out", "messages_in"].map((name) => {
    const metric = recorder.metrics.get(name);
    return metric?.kind === "counter" ? metric.sum : 0;
  });
}
