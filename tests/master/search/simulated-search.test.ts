import assert from "node:assert/strict";
import { caseCount, casesByDepth } from "../../support/depth.ts";
import { simulatedSearch } from "./simulated-search.ts";
import { knownServices } from "./simulated-services.ts";

/** The largest error of an answer, relative to the truth. */
const within = 0.1;

for (const [service, declare] of casesByDepth(3, knownServices)) {
  declare(`${service.name}: capacity and knee are within 10 % of the truth, or not found`, async () => {
    for (let seed = 0; seed < caseCount(1); seed++) {
      const { capacity, kneePerSecond, operateAtPerSecond } = simulatedSearch(service, seed);
      const { capacityPerSecond: truth, kneePerSecond: trueKnee } = service;
      if (capacity.kind === "unknown" || capacity.kind === "below") {
        assert.deepEqual([kneePerSecond, operateAtPerSecond], [null, null]);
        continue;
      }
      const { ratePerSecond } = capacity;
      assert.ok(Math.abs(ratePerSecond / truth - 1) <= within, `${ratePerSecond}/s, seed ${seed}`);
      assert.ok((operateAtPerSecond ?? 0) < truth);
      if (kneePerSecond === null) continue;
      assert.ok(kneePerSecond <= ratePerSecond);
      assert.ok(Math.abs(kneePerSecond / trueKnee - 1) <= within, `knee ${kneePerSecond}/s, seed ${seed}`);
    }
  });
}
