import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleAt } from "../../stats/health-fixtures.ts";
import { delta, requests } from "../../store/store-fixture.ts";
import { withRecorded } from "../recorded-run.ts";

test("the result of a run without an end has what its workers measured, and draws no conclusion from it", () => {
  const medians = [10, 11, 10, 90];
  const worker = (number: number, more: object) => {
    const facts = { requests: 1_000, lostBecause: null, startSkewMs: 0.4, ...more };
    return { number, id: `w${number}`, host: "a", pid: number, lastSequence: 1, facts };
  };
  const workers = medians.map((p50Ms, position) => worker(position + 1, { p50Ms, fileDescriptorLimit: 100 }));
  // Of an older muster.
  workers.push(worker(5, {}));
  const samples = new Map(
    workers.map(({ number }) => [number, sampleAt(0, { requests: 1_000, fileDescriptors: number === 2 ? 95 : 5 })]),
  );
  const health = [{ startMs: 0, widthMs: 1_000, samples }];
  const { result } = withRecorded([delta(0, requests(5_000))], (recorded) => recorded, { workers, health });
  assert.deepEqual(
    result.workers.map((one) => [one.health?.p50Ms, one.health?.fileDescriptorLimit]),
    [...medians.map((p50Ms) => [p50Ms, 100]), [null, null]],
  );
  assert.deepEqual([result.verdict, result.reasons], ["passed", []]);
  assert.match(result.warnings.join(), /^worker 2 had 95 of at most 100 files and sockets open/);
});
