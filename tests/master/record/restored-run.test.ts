import assert from "node:assert/strict";
import { test } from "node:test";
import { breachOf } from "../../../src/analysis/verdict.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import { restoreRun } from "../../../src/master/record/restored-run.ts";
import { sampleAt } from "../../stats/health-fixtures.ts";
import { delta, newRun, requests, StoreFolder } from "../../store/store-fixture.ts";

/** What a threshold with `abortOnFail` says when a run of 10 s is resumed in whose second 3 a worker stood still for `stalledMs`. */
function breachAfter(stalledMs: number): string | null {
  const thresholds = parseThresholds({ requests: { threshold: "rate>9.5", abortOnFail: true } });
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const seconds = Array.from({ length: 10 }, (_, second) => second);
  const windows = seconds.map((second) => delta(second, requests(second === 3 ? 1 : 10), { users: { User: 1 } }));
  const health = seconds.map((second) => {
    const sample = sampleAt(second, { loopDelayMaxMs: second === 3 ? stalledMs : 1 });
    return { startMs: second * 1_000, widthMs: 1_000, samples: new Map([[1, [sample]]]) };
  });
  store.writer("a").commit({ windows, health, run: { state: "running", startedAt: "2026-01-02T03:05:00.000Z" } });
  const run = store.run("a");
  assert.ok(run !== undefined);
  const resolved = { thresholds, scenarios: [], search: null };
  const { spans } = restoreRun(store, run, resolved, { stopTimeoutMs: 1_000, stallLimitMs: 100 });
  return breachOf(thresholds, spans);
}

test("a stall of a worker before the master ended ends no run that is resumed, a slow service does", () => {
  assert.equal(breachAfter(900), null);
  assert.match(breachAfter(1) ?? "", /^requests rate was 9/);
});
