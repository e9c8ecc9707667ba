import assert from "node:assert/strict";
import { test } from "node:test";
import { Membership } from "../../src/master/membership.ts";
import type { RunParts, WatchedLoad } from "../../src/master/run-context.ts";
import type { ConnectedWorker } from "../../src/master/workers/connected-worker.ts";

/** The workers that get a share of the load again when this one returns. */
function joinsOf(state: Pick<ConnectedWorker["state"], "isLeaving">): number[] {
  const joined: number[] = [];
  const run = {
    collector: { ledger: { returned: () => {} } },
    journal: { touch: () => {}, note: () => {} },
    timeline: { elapsedMs: 20_000 },
  } as unknown as RunParts;
  const control = { join: (worker: number) => joined.push(worker) };
  const load = { state: "running", control } as unknown as WatchedLoad;
  const worker = { number: 2, description: "worker 2", state } as unknown as ConnectedWorker;
  new Membership(run, load, []).returned(worker, true);
  return joined;
}

test("a lost worker that is back gets a share of the load, unless it was leaving: it would start nothing", () => {
  assert.deepEqual(joinsOf({ isLeaving: false }), [2]);
  assert.deepEqual(joinsOf({ isLeaving: true }), []);
});
