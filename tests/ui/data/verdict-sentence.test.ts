import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunReport } from "../../../src/report/page/model.ts";
import { standingOf } from "../../../src/report/page/standing.ts";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { crossingOf } from "../../../src/ui/data/crossing.ts";
import { verdictSentence } from "../../../src/ui/data/verdict-sentence.ts";
import { syntheticReport } from "../synthetic-report.ts";

const base = syntheticReport({ minutes: 1, endpoints: 3, workers: 2, windows: 60 });
const passing = { metric: "response_time", expression: "p(95)<500", value: 40, passed: true, close: false };
const failing = { ...passing, expression: "p(95)<20", passed: false };

function withResult(changes: Partial<Result>, state: RunReport["state"] = "finished"): RunReport {
  const result = { ...base.result, ...changes };
  return { ...base, state, result, standing: state === "finished" ? null : standingOf(result) };
}

test("a run that failed says why and from when", () => {
  const reasons = ["p95 was 40 ms (limit < 20 ms)", "error rate was 5 % (limit < 1 %)"];
  const { word, mark, text, more } = verdictSentence(withResult({ thresholds: [failing], reasons }));
  assert.deepEqual([word, mark], ["failed", "✗"]);
  assert.equal(text, "Failed: p95 was 40 ms (limit < 20 ms), from 00:00 on");
  assert.deepEqual(more, reasons.slice(1));
});

test("the time belongs to what the first reason is about, not to any failed threshold", () => {
  const { windows } = base;
  const p95Ms = windows.startMs.map((_, second) => (second < 30 ? 40 : 140));
  const slow = { ...windows, total: { ...windows.total, p95Ms } };
  const later = { ...failing, expression: "p(95)<100" };
  const text = (reasons: string[]) =>
    verdictSentence({ ...withResult({ thresholds: [failing, later], reasons }), windows: slow }).text;
  const [atOnce, atHalf] = ["p95 was 90 ms (limit < 20 ms)", "p95 was 120 ms (limit < 100 ms)"];
  const drift = "drifting: p95 of all requests rises by 1 ms per hour";
  assert.equal(text([drift, atOnce, atHalf]), `Failed: ${drift}`);
  assert.equal(text([atOnce, atHalf]), `Failed: ${atOnce}, from 00:00 on`);
  assert.equal(text([atHalf]), `Failed: ${atHalf}, from 00:30 on`);
});

test("a run that passed says what it was measured by", () => {
  const text = (thresholds: Result["thresholds"]) =>
    verdictSentence(withResult({ verdict: "passed", reasons: [], thresholds })).text;
  assert.equal(text([passing, passing]), "Passed: all 2 thresholds held");
  assert.equal(text([passing]), "Passed: the threshold held");
  assert.equal(text([]), "Passed: no thresholds were set");
});

test("a search says what it looks for, and in the end what it has found", () => {
  assert.equal(verdictSentence(withResult({ thresholds: [] }, "running"), true).text, "Searching for the capacity");
  const capacity: Result["capacity"] = {
    kind: "users",
    reason: "max",
    targets: [],
    holdsUsers: 40,
    firstBroken: [],
    peakGoodput: null,
    law: { kind: "insufficient", reason: "too few" },
    trials: [],
  };
  const ended = withResult({ verdict: "passed", reasons: [], thresholds: [], capacity });
  const { text } = verdictSentence({
    ...ended,
    findings: ["  holds 40 users; no target broke", "  no scalability law"],
  });
  assert.equal(text, "Passed: holds 40 users; no target broke");
});

test("a run that goes on says how it stands, in words that promise nothing", () => {
  const passes: Partial<Result> = { verdict: "passed", reasons: [] };
  const sentence = (changes: Partial<Result>) => verdictSentence(withResult({ ...passes, ...changes }, "running"));
  assert.equal(sentence({ thresholds: [passing] }).text, "Passing so far");
  const reasons = ["p95 was 40 ms (limit < 20 ms)", "error rate was 5 % (limit < 1 %)"];
  const fails = sentence({ verdict: "failed", reasons, thresholds: [passing, failing] });
  assert.deepEqual([fails.word, fails.text, fails.more], ["failed", `Failing so far: ${reasons[0]}`, [reasons[1]]]);
  const strained = sentence({ verdict: "invalid", reasons: ["worker 1 was overloaded"], thresholds: [passing] });
  assert.deepEqual([strained.word, strained.mark], ["invalid", "!"]);
  assert.equal(sentence({ thresholds: [] }).text, "Running without thresholds");
  assert.equal(sentence({ total: { ...base.result.total, requests: 0 } }).text, "No requests yet");
});

test("a threshold that stopped holding: the load at that moment", () => {
  const { windows } = base;
  const users = windows.startMs.map((_, position) => 10 + position);
  const slow = { ...withResult({}), windows: { ...windows, users } };
  const crossing = crossingOf(slow, failing);
  assert.deepEqual([crossing?.atMs, crossing?.users], [0, 10]);
  const requests = windows.total.requests[0] ?? 0;
  assert.equal(crossing?.requestsPerSecond, (requests * 1_000) / (windows.widthMs[0] ?? 1));
  assert.equal(crossingOf(slow, { ...failing, expression: "p(95)<100000" }), null);
});
