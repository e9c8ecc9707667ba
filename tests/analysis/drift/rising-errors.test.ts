import assert from "node:assert/strict";
import { test } from "node:test";
import { soakDrift } from "../../../src/analysis/drift/soak-drift.ts";
import { Random } from "../../../src/core/random.ts";
import { caseCount } from "../../support/depth.ts";

const perSecond = 40;
const soaks = caseCount(8);

/** The kinds of an hour whose error rate is this function of the progress, 0 to 1; by how often each was found. */
function kindsOf(rateAt: (progress: number) => number): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (let seed = 0; seed < soaks; seed++) {
    const random = new Random(seed, 3);
    const windows = Array.from({ length: 3_600 }, (_, second) => {
      const rate = rateAt(second / 3_600);
      const failures = Array.from({ length: perSecond }, () => random.next()).filter((draw) => draw < rate).length;
      return { startMs: second * 1_000, durationMs: 1_000, value: failures / perSecond, weight: perSecond };
    });
    const series = [{ subject: "total", statistic: "errorRate", limit: null, windows }] as const;
    const { kind } = soakDrift(series, { checkpoints: 4 });
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

test("an error rate that rises from 0 to 2 %, or from 1 to 2 %, is not stable; a constant one is", () => {
  const fromNothing = kindsOf((progress) => 0.02 * progress);
  assert.ok((fromNothing["drifting"] ?? 0) >= 0.9 * soaks && (fromNothing["stable"] ?? 0) <= 0.05 * soaks);
  assert.ok((kindsOf((progress) => 0.01 + 0.01 * progress)["stable"] ?? 0) <= 0.15 * soaks);
  assert.deepEqual(
    kindsOf(() => 0.01),
    { stable: soaks },
  );
  assert.ok((kindsOf((progress) => (progress < 0.5 ? 0.005 : 0.02))["step"] ?? 0) >= 0.95 * soaks);
});
