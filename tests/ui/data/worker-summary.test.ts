import assert from "node:assert/strict";
import { test } from "node:test";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { lostWorkers, workerSummary } from "../../../src/ui/data/worker-summary.ts";
import { syntheticReport } from "../synthetic-report.ts";

const { result } = syntheticReport({ minutes: 1, endpoints: 1, workers: 2, windows: 1 });

function summaryOf(lost: readonly boolean[], kinds: readonly Result["events"][number]["kind"][]) {
  const workers = result.workers.map((worker, position) => ({ ...worker, lost: lost[position] ?? false }));
  return workerSummary({ workers, events: kinds.map((kind) => ({ atMs: 1_000, kind, text: kind })) });
}

test("a worker that was lost is named, also if it came back or another took its place", () => {
  assert.deepEqual(summaryOf([false, false], ["users-changed"]), { text: "✓ none lost", tone: null });
  assert.deepEqual(summaryOf([true, false], ["worker-lost"]), { text: "✗ 1 lost", tone: "failed" });
  assert.deepEqual(summaryOf([true, false], ["worker-lost", "worker-joined"]), { text: "✗ 1 lost", tone: "failed" });
  assert.deepEqual(summaryOf([false, false], ["worker-lost", "worker-returned"]), {
    text: "! 1 was lost and is back",
    tone: "invalid",
  });
  assert.deepEqual(summaryOf([true, false], ["worker-lost", "worker-returned", "worker-lost", "worker-left"]), {
    text: "✗ 1 lost, 1 was lost and is back, 1 left",
    tone: "failed",
  });
});

test("the live list of workers is newer than the result", () => {
  assert.equal(workerSummary({ workers: result.workers, events: [] }, 1).text, "✗ 1 lost");
});

test("a worker that was lost before the load is named though it is no event of the run", () => {
  assert.equal(summaryOf([true, false], []).text, "✗ 1 lost");
});

test("a worker that was lost is known by its number, which its event has", () => {
  const text = "worker 12 (vm, pid 7) was lost after 69.9 s (its process was killed (SIGKILL)); its 10 users stopped";
  const events: Result["events"] = [
    { atMs: 1, kind: "worker-lost", text },
    { atMs: 2, kind: "worker-returned", text: "worker 3 (vm, pid 8) reconnected after 70 s" },
  ];
  assert.deepEqual([...lostWorkers(events)], [12]);
});
