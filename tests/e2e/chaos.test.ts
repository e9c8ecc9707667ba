import assert from "node:assert/strict";
import { describe } from "node:test";
import { faultOf, faults, runTrial } from "../support/chaos-trial.ts";
import { casesByDepth } from "../support/depth.ts";

/** Consecutive seeds go through all faults: the first in `npm test`, all with two loads in `npm run test:deep`. `npm run chaos` makes 200. */
const seeds = casesByDepth(
  1,
  Array.from({ length: 2 * faults.length }, (_, index) => 1_001 + index),
);

// Their processes wait most of the time.
describe("chaos: what the service counted is in the result", { concurrency: 2 }, () => {
  for (const [seed, declare] of seeds) {
    declare(`seed ${seed}: ${faults[seed % faults.length]}`, async (t) => {
      const trial = await runTrial(t, seed);
      const { fault, atMs, lengthMs, served, result } = trial;
      t.diagnostic(`${fault} at ${atMs} ms for ${lengthMs} ms: ${result.total.requests} of ${served} requests`);
      assert.equal(faultOf(trial), null, JSON.stringify({ ...trial, result: result.ledger, events: result.events }));
    });
  }
});
