import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { failureKinds } from "../../src/core/failure-kind.ts";
import { keepSecret } from "../../src/core/redaction/known-secrets.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import { overflowName } from "../../src/stats/interval-report.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { assertProperty } from "../support/property.ts";
import { type RecorderEvent, record, recorderEvents, reportOf, totalsContent } from "./recorder-events.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);

test("the same method and name are one endpoint, other methods are others", () => {
  const recorder = new IntervalRecorder();
  const jobs = recorder.endpoint("GET", "/jobs");
  assert.equal(recorder.endpoint("GET", "/jobs"), jobs);
  assert.notEqual(recorder.endpoint("POST", "/jobs"), jobs);
  assert.equal(recorder.endpoints.length, 2);
});

test("a request is counted with its time and bytes, and a failure also by its kind", () => {
  const recorder = new IntervalRecorder();
  const jobs = recorder.endpoint("GET", "/jobs");
  jobs.record(1_500.4, 1_500.4, 100, 40);
  jobs.record(2_500, 2_500, 10, 4);
  recorder.failure(jobs, "5xx", "503 Service Unavailable");
  assert.deepEqual([jobs.requests, jobs.bytesIn, jobs.bytesOut], [2, 110, 44]);
  assert.deepEqual([jobs.serviceTime.count, jobs.serviceTime.sumMicros], [2, 4_000]);
  assert.equal(jobs.failures[failureKinds.indexOf("5xx")], 1);
  assert.equal(sum(jobs.failures), 1);
  assert.deepEqual(
    [...recorder.errors.values()],
    [{ method: "GET", name: "/jobs", kind: "5xx", message: "503 Service Unavailable", count: 1, stack: "" }],
  );
});

test("from the 1,001st name on endpoints are counted under (other), by method", () => {
  const recorder = new IntervalRecorder();
  for (let name = 0; name < 1_500; name++) recorder.endpoint("GET", `/jobs/${name}`).record(7, 7, 1, 1);
  recorder.endpoint("PUT", "/late").record(7, 7, 1, 1);
  recorder.endpoint("GET", "/jobs/3").record(7, 7, 1, 1);
  assert.equal(recorder.endpoints.length, 1_002);
  assert.deepEqual(
    recorder.endpoints.slice(1_000).map(({ method, name, requests }) => [method, name, requests]),
    [
      ["GET", overflowName, 500],
      ["PUT", overflowName, 1],
    ],
  );
  assert.equal(recorder.endpoint("GET", "/jobs/3").requests, 2, "a known name stays known");
  assert.equal(sum(recorder.endpoints.map((endpoint) => endpoint.requests)), 1_502, "nothing disappears");
});

test("groups beyond the cap are counted together, except those that the test is judged by", () => {
  const recorder = new IntervalRecorder(false, { requests: [], checks: [], groups: ["buy::pay"] });
  for (let round = 0; round < 2; round++) {
    for (let name = 0; name < 600; name++) recorder.group(`group ${name}`).record(7, 7, 0, 0);
    recorder.group("buy::pay").record(7, 7, 0, 0);
  }
  const counts = recorder.series.map(({ samples }) => [samples.name, samples.requests]);
  assert.deepEqual(counts.slice(499), [
    ["group 499", 2],
    [overflowName, 200],
    ["buy::pay", 2],
  ]);
});

test("names that the test is judged by have a place whatever the number of others, for each method", () => {
  const recorder = new IntervalRecorder(false, { requests: ["/checkout"], checks: ["paid"], groups: [] });
  for (let name = 0; name < 1_500; name++) {
    recorder.endpoint("GET", `/jobs/${name}`).record(7, 7, 1, 1);
    recorder.check(`job ${name}`, true);
  }
  for (const method of ["GET", "POST"]) recorder.endpoint(method, "/checkout").record(7, 7, 1, 1);
  recorder.check("paid", false);
  assert.deepEqual(
    recorder.endpoints.slice(1_000).map(({ method, name, requests }) => [method, name, requests]),
    [
      ["GET", overflowName, 500],
      ["GET", "/checkout", 1],
      ["POST", "/checkout", 1],
    ],
  );
  assert.deepEqual([recorder.checks.size, recorder.checks.get(overflowName)?.passes], [1_002, 500]);
  assert.equal(recorder.checks.get("paid")?.failures, 1);
});

test("distinct errors beyond the cap are counted by kind, nothing disappears", () => {
  const recorder = new IntervalRecorder();
  const endpoint = recorder.endpoint("GET", "/");
  for (let id = 0; id < 700; id++) recorder.failure(endpoint, "check", `job ${id} is missing`);
  for (let id = 0; id < 100; id++) recorder.exception("task", `job ${id} is missing`, () => "");
  recorder.failure(endpoint, "check", "job 3 is missing");
  const errors = [...recorder.errors.values()];
  assert.equal(errors.length, 502);
  assert.equal(sum(errors.map((error) => error.count)), 801);
  assert.deepEqual(
    errors.slice(500).map(({ name, kind, count }) => [name, kind, count]),
    [
      [overflowName, "check", 200],
      [overflowName, "exception", 100],
    ],
  );
});

test("a long message is cut, and messages that are equal after the cut are one error", () => {
  const recorder = new IntervalRecorder();
  recorder.exception("task", `${"x".repeat(400)}1`, () => "");
  recorder.exception("task", `${"x".repeat(400)}2`, () => "");
  assert.deepEqual(
    [...recorder.errors.values()].map(({ message, count }) => [message, count]),
    [[`${"x".repeat(300)}…`, 2]],
  );
});

test("the stack of an exception is sent once, however often and in however many intervals it is thrown", () => {
  const recorder = new IntervalRecorder();
  let asked = 0;
  const stackOf = () => `at ${++asked}`;
  const stacks = () => [...recorder.errors.values()].map(({ stack }) => stack);
  recorder.exception("task", "boom", stackOf);
  recorder.exception("task", "boom", stackOf);
  recorder.exception("task", "bang", () => "x".repeat(5_000));
  recorder.failure(recorder.endpoint("GET", "/"), "check", "no");
  assert.deepEqual(stacks(), ["at 1", "x".repeat(2_000), ""]);
  recorder.reset();
  recorder.exception("task", "boom", stackOf);
  assert.deepEqual([stacks(), asked], [[""], 1]);
});

test("no more than 50 exceptions have a stack", () => {
  const recorder = new IntervalRecorder();
  for (let id = 0; id < 60; id++) recorder.exception("task", `boom ${id}`, () => "at test.ts:1:1");
  assert.equal([...recorder.errors.values()].filter(({ stack }) => stack !== "").length, 50);
});

test("checks beyond the cap are counted under (other)", () => {
  const recorder = new IntervalRecorder();
  for (let id = 0; id < 1_200; id++) recorder.check(`job ${id}`, id % 2 === 0);
  recorder.check("job 0", false);
  assert.equal(recorder.checks.size, 1_001);
  assert.deepEqual(recorder.checks.get(overflowName), { passes: 100, failures: 100 });
  assert.deepEqual(recorder.checks.get("job 0"), { passes: 1, failures: 1 });
});

test("a check with a secret in its name has one place under the cap, however often it is made", () => {
  keepSecret("s3cret-of-checks");
  const recorder = new IntervalRecorder();
  for (let i = 0; i < 1_500; i++) recorder.check("s3cret-of-checks holds", true);
  recorder.check("created", false);
  assert.deepEqual(Object.fromEntries(recorder.checks), {
    "*** holds": { passes: 1_500, failures: 0 },
    created: { passes: 0, failures: 1 },
  });
});

test("in an open load a request has two times, in a closed one they are the same", () => {
  const open = new IntervalRecorder(true).endpoint("GET", "/");
  open.record(100, 350, 1, 1);
  assert.deepEqual([open.serviceTime.sumMicros, open.responseTime?.sumMicros], [100, 350]);
  const closed = new IntervalRecorder().endpoint("GET", "/");
  closed.record(100, 100, 1, 1);
  assert.deepEqual([closed.serviceTime.sumMicros, closed.responseTime], [100, null]);
});

test("an open load may start during an interval: earlier response times are the service times", () => {
  assertProperty(
    fc.property(recorderEvents, recorderEvents, (earlier, later) => {
      const recorder = record(earlier);
      recorder.expectOpenLoad();
      recorder.expectOpenLoad();
      record(later, recorder);
      const expected = record(
        earlier.filter(({ kind }) => kind !== "arrival").map(withoutWait),
        new IntervalRecorder(true),
      );
      assert.deepEqual(reportOf(recorder), reportOf(record(later, expected)));
    }),
  );
});

function withoutWait(event: RecorderEvent): RecorderEvent {
  return event.kind === "request" ? { ...event, waitedMicros: 0 } : event;
}

test("after a reset only later values are present, and names keep their place", () => {
  assertProperty(
    fc.property(recorderEvents, recorderEvents, fc.boolean(), (earlier, later, isOpen) => {
      const recorder = record(earlier, new IntervalRecorder(isOpen));
      const known = recorder.endpoints.length;
      recorder.reset();
      assert.deepEqual(reportOf(recorder), reportOf(new IntervalRecorder(isOpen)));
      assert.equal(recorder.endpoints.length, known);
      const reused = new RunTotals();
      reused.add(reportOf(record(later, recorder)));
      const fresh = new RunTotals();
      fresh.add(reportOf(record(later, new IntervalRecorder(isOpen))));
      assert.deepEqual(totalsContent(reused), totalsContent(fresh));
    }),
  );
});
