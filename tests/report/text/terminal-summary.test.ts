import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { onStopKind } from "../../../src/core/measure-kind.ts";
import { resultSchema } from "../../../src/report/result/result-schema.ts";
import { plainStyle, styleFor } from "../../../src/report/text/style.ts";
import { terminalSummary } from "../../../src/report/text/terminal-summary.ts";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { group, streamed } from "../../analysis/measurements.ts";
import { type RecorderEvent, recorderEvents } from "../../stats/recorder-events.ts";
import { assertProperty } from "../../support/property.ts";
import { answer, resultOf, summaryOf, usual } from "../result-fixture.ts";

test("verdict, thresholds, endpoints, errors, checks, users and workers are all there", () => {
  const summary = summaryOf(usual);
  for (const part of [
    "✗ FAILED  plot-palette / standard → http://127.0.0.1:8000  01:00, seed 7",
    "✓ p95 100 ms < 500",
    "✗ errors 50.0 % < 1 %",
    "GET /jobs/:id",
    "1 (100.0 %)",
    "Aggregated",
    "no job",
    "✗ check created: 0 of 1  0 %",
    "1 iteration",
    "4.0 kB in, 20 B out",
    "50 users at most (Shopper 45, Admin 5)",
    "1 worker, by requests: #1 1,204",
    "→ look at GET /jobs/:id: 100.0 % of all failures are check, no job",
  ]) {
    assert.ok(summary.includes(part), `${part} in ${summary}`);
  }
});

test("streams have the times to their first events, and the gaps between events", () => {
  const lines = summaryOf(resultOf([streamed("/chat", 200, 50, 50, 1_000), streamed("/feed", 20)])).split("\n");
  const head = lines.findIndex((line) => line.startsWith("  stream"));
  assert.deepEqual(
    lines.slice(head, head + 3).map((line) => line.trim().split(/ {2,}/)),
    [
      ["stream", "streams", "events/s", "first p50", "first p95", "gap p50", "gap p95", "gap max ms"],
      ["GET /chat", "1", "0.1", "200", "200", "50.0", "1,000", "1,000"],
      ["GET /feed", "1", "0.0", "20.0", "20.0", "–", "–", "–"],
    ],
  );
  assert.doesNotMatch(summaryOf(usual), /stream/);
});

test("groups have their durations, and active times without pauses; a group is followed by the groups in it", () => {
  const lines = summaryOf(
    resultOf([group("buy-now", 1, 0), group("buy", 40, 60, true), group("buy", 40, 60), group("buy::pay", 20, 0)]),
  ).split("\n");
  const head = lines.findIndex((line) => line.startsWith("  group"));
  assert.deepEqual(
    lines.slice(head, head + 4).map((line) => line.trim().split(/ {2,}/)),
    [
      ["group", "count", "failures", "p50", "p95", "p99", "max ms", "active p50", "active p95"],
      ["buy", "2", "1 (50.0 %)", "100", "100", "100", "100", "40.0", "40.0"],
      ["buy::pay", "1", "0", "20.0", "20.0", "20.0", "20.0", "20.0", "20.0"],
      ["buy-now", "1", "0", "1.00", "1.00", "1.00", "1.00", "1.00", "1.00"],
    ],
  );
  assert.doesNotMatch(summaryOf(usual), /group/);
});

test("each verdict has a word and a mark of its own, so that colour is never the only sign", () => {
  for (const [verdict, shown] of [
    ["passed", "✓ PASSED"],
    ["failed", "✗ FAILED"],
    ["invalid", "! INVALID"],
    ["aborted", "! ABORTED"],
  ] as const) {
    assert.ok(summaryOf({ ...usual, verdict, reasons: ["because"] }).startsWith(`\n${shown}  `));
  }
});

test("colours change nothing but colours, and are for terminals without NO_COLOR", () => {
  const coloured = terminalSummary(usual, styleFor({ isTTY: true }, {}));
  assert.notEqual(coloured, summaryOf(usual));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours
  assert.equal(coloured.replaceAll(/\u001b\[\d+m/g, ""), summaryOf(usual));
  assert.equal(styleFor({ isTTY: true }, { NO_COLOR: "1" }), plainStyle);
  assert.equal(styleFor({}, {}), plainStyle);
});

test("only the ten most frequent errors are shown, with the number of further ones", () => {
  const events = Array.from({ length: 13 }, (_, id) => answer("/jobs", 5, `message ${id}`));
  const summary = summaryOf(resultOf(events));
  assert.equal(summary.match(/check +GET \/jobs +message \d+/g)?.length, 10);
  assert.ok(summary.includes("and 3 more"));
});

test("the start of what was answered to a failed request is shown, in one line, for the three most frequent errors", () => {
  const sample = {
    ...{
      atMs: 65_000,
      worker: 1,
      user: 0,
      request: "GET /",
      requestBody: "",
      response: "503",
      durationMs: 1,
      phasesMs: null,
    },
    responseBody: `{\n  "why": "${"out of stock ".repeat(20)}"`,
  };
  const errors = ["/a", "/b", "/c", "/d"].map((name) => ({
    ...{ method: "GET", name, kind: "5xx", message: "busy", count: 1, stack: "" },
    samples: name === "/b" ? [{ ...sample, responseBody: "" }] : [sample],
  }));
  const lines = summaryOf({ ...usual, errors })
    .split("\n")
    .filter((line) => line.includes("answered"));
  assert.deepEqual(
    lines.map((line) => line.slice(0, 44)),
    ['  GET /a answered at 01:05: {   "why": "out ', '  GET /c answered at 01:05: {   "why": "out '],
  );
  assert.ok(lines.every((line) => line.length === 100 && line.endsWith("…")));
});

test("a long message continues on further lines, because the cause is often at its end", () => {
  const message = `TypeError: the request cannot be sent: timeout: expected a duration such as "5s", found 300 ${"and more ".repeat(20)}end`;
  const summary = summaryOf(resultOf([{ kind: "exception", task: "list jobs", message, stack: "" }]));
  const at = summary.split("\n").findIndex((line) => line.includes("TypeError: the request"));
  const [first = "", second = "", third = "", fourth = ""] = summary.split("\n").slice(at);
  const column = first.indexOf("TypeError");
  assert.equal(second.slice(0, column).trim(), "");
  assert.match(
    [first, second].map((line) => line.slice(column)).join(" "),
    /timeout: expected a duration such as "5s"/,
  );
  assert.match(third, /…$/);
  assert.equal(fourth.slice(0, column + 1).trim(), "", "three lines at the most");
});

test("the summary shows a lost worker", () => {
  const workers = usual.workers.map((worker) => ({ ...worker, lost: true }));
  assert.ok(summaryOf({ ...usual, workers }).includes("1 worker, by requests: #1 1,204 (lost)"));
});

const arrival = (lagMs: number) =>
  ({ kind: "arrival", lagMicros: lagMs * 1_000, blockedMicros: 0 }) as const satisfies RecorderEvent;

test("an open load tells its schedule lag and the gap between response and service time", () => {
  const waited = { ...answer("/jobs", 40), waitedMicros: 360_000 } as RecorderEvent;
  const result = resultOf([waited, arrival(2)], {}, new IntervalRecorder(true));
  const summary = summaryOf(result);
  assert.match(
    summary,
    /p99 response time \(since due\) 400 ms, service time \(since sent\) 40\.0 ms: 360 ms of waiting/,
  );
  assert.match(summary, /schedule lag p99 2\.00 ms/);
  assert.deepEqual([result.scheduleLagMs?.max, result.blockedTimeMs?.max], [2, 0]);
  assert.deepEqual([usual.scheduleLagMs, usual.blockedTimeMs], [null, null]);
  assert.doesNotMatch(summaryOf(usual), /schedule lag/);
});

test("the summary says what onStop requested, apart from the table", () => {
  const cleanUp = { ...answer("/jobs", 40), method: onStopKind("DELETE") } as RecorderEvent;
  const failed = { ...answer("/jobs", 40, "no job"), method: onStopKind("DELETE") } as RecorderEvent;
  const words = "  onStop sent 3 more requests, 1 failed: no figure above includes them";
  assert.ok(
    summaryOf(resultOf([answer("/", 1), cleanUp, cleanUp, failed]))
      .split("\n")
      .includes(words),
  );
  assert.doesNotMatch(summaryOf(usual), /onStop/);
});

test("the summary shows dropped, interrupted and failed iterations", () => {
  const counters = ["droppedIterations", "interruptedIterations", "completedIterations", "failedIterations"] as const;
  const summary = summaryOf(resultOf(counters.map((counter) => ({ kind: "iteration", counter }))));
  for (const part of ["1 iteration was dropped", "1 threw", "1 interrupted"]) {
    assert.ok(summary.includes(part), `${part} in ${summary}`);
  }
});

test("any recorded data gives a result that matches its schema", () => {
  assertProperty(
    fc.property(recorderEvents, fc.boolean(), (events, isOpen) => {
      const result = resultOf(events, { response_time: "p(95)<500" }, new IntervalRecorder(isOpen));
      assert.deepEqual(resultSchema.parse(result), result);
    }),
  );
});
