import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveFeed } from "../../src/api/live/live-feed.ts";
import { LiveWatch } from "../../src/api/live/live-watch.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import type { RunSession } from "../../src/runner/run-session.ts";
import { usual } from "../report/result-fixture.ts";

/** A feed with a reader that keeps what is shown. */
class KeptFeed extends LiveFeed {
  readonly results: Result[] = [];

  override get readerCount(): number {
    return 1;
  }

  override show(type: string, data: unknown): void {
    if (type === "result") this.results.push((data as { readonly result: Result }).result);
  }
}

test("the result of a run is sent once it has ended, and again with what could not be delivered", (t) => {
  const feed = new KeptFeed(() => 0);
  const plan = { atMs: [], users: null, ratePerSecond: null };
  const definition = { runId: "r", facts: { plan } };
  const collector = { totals: { endpointCount: 1 } };
  const master = { collector, steering: [], search: null, elapsedMs: 1, endMs: 1 };
  const session = {
    current: { definition, master, result: usual },
    waitingWorkers: [],
    resultOf: ({ result }: { readonly result: Result }) => result,
  };
  const watch = new LiveWatch(session as unknown as RunSession, feed, () => 0);
  t.after(() => {
    watch.close();
    feed.close();
  });
  for (let round = 0; round < 3; round++) watch.look();
  assert.deepEqual(feed.results, [usual]);
  const warned = { ...usual, warnings: ["the webhook did not receive 1 message"] };
  session.current = { ...session.current, result: warned };
  for (let round = 0; round < 3; round++) watch.look();
  assert.deepEqual(feed.results, [usual, warned]);
});
