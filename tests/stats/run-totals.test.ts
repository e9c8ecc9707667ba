import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isOverflow } from "../../src/stats/error-totals.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import type { IntervalReport } from "../../src/stats/interval-report.ts";
import { listFailureKinds, RunTotals } from "../../src/stats/run-totals.ts";
import { assertProperty } from "../support/property.ts";
import { encode, recordAll } from "./histogram/histogram-fixtures.ts";
import { type RecorderEvent, record, recorderEvents, reportOf, totalsContent } from "./recorder-events.ts";

function totalsOf(reports: readonly IntervalReport[]): RunTotals {
  const totals = new RunTotals();
  for (const report of reports) totals.add(report);
  return totals;
}

function failing(name: string, message: string): RecorderEvent {
  const failure = { kind: "4xx", message } as const;
  return { kind: "request", method: "GET", name, micros: 10, bytesIn: 1, bytesOut: 1, failure };
}

test("totals without a report are zeros", () => {
  const totals = new RunTotals();
  assert.deepEqual([totals.endpoints(), totals.errors(), [...totals.checks]], [[], [], []]);
  assert.equal(totals.merged().requests, 0);
  assert.equal(totals.merged().name, "Aggregated");
});

test("the order of reports makes no difference", () => {
  const shuffled = fc.array(recorderEvents, { minLength: 1, maxLength: 4 }).chain((parts) => {
    const reports = parts.map((events) => reportOf(record(events)));
    return fc.tuple(fc.constant(reports), fc.shuffledSubarray(reports, { minLength: reports.length }));
  });
  assertProperty(
    fc.property(shuffled, ([reports, inAnotherOrder]) => {
      assert.deepEqual(totalsContent(totalsOf(inAnotherOrder)), totalsContent(totalsOf(reports)));
    }),
  );
});

test("what many workers counted is what one worker would have counted", () => {
  const dealt = fc.tuple(recorderEvents, fc.infiniteStream(fc.nat(3)), fc.integer({ min: 1, max: 4 }));
  assertProperty(
    fc.property(dealt, ([events, choice, workers]) => {
      const parts = Array.from({ length: workers }, (): RecorderEvent[] => []);
      for (const event of events) parts[(choice.next().value ?? 0) % workers]?.push(event);
      for (const isOpen of [false, true]) {
        const reportBy = (part: readonly RecorderEvent[]) => reportOf(record(part, new IntervalRecorder(isOpen)));
        const many = totalsOf(parts.map(reportBy));
        assert.deepEqual(totalsContent(many), totalsContent(totalsOf([reportBy(events)])));
      }
    }),
  );
});

test("merging totals adds their reports and does not change the merged ones", () => {
  const part = fc.array(fc.tuple(recorderEvents, fc.boolean()), { maxLength: 3 });
  assertProperty(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      const reports = parts.map((events) =>
        events.map(([list, isOpen]) => reportOf(record(list, new IntervalRecorder(isOpen)))),
      );
      const totals = reports.map(totalsOf);
      const before = totals.map(totalsContent);
      const merged = new RunTotals();
      for (const each of totals) merged.merge(each);
      assert.deepEqual(totalsContent(merged), totalsContent(totalsOf(reports.flat())));
      assert.deepEqual(totals.map(totalsContent), before);
    }),
  );
});

test("merged totals share no state with their sources", () => {
  const first = totalsOf([
    reportOf(record([failing("/a", "404 Not Found"), { kind: "check", name: "c", passed: true }])),
  ]);
  const merged = new RunTotals();
  merged.merge(first);
  const before = totalsContent(first);
  merged.merge(first);
  assert.deepEqual(totalsContent(first), before);
});

test("a closed load has one histogram per endpoint, which serves as both", () => {
  const [endpoint] = totalsOf([reportOf(record([failing("/a", "404 Not Found")]))]).endpoints();
  assert.equal(endpoint?.hasOwnResponseTime, false);
  assert.equal(endpoint?.responseTime, endpoint?.serviceTime);
});

test("a response time that differs is kept separately from the service time", () => {
  const base = reportOf(record([failing("/a", "404 Not Found")]));
  const endpoint = base.endpoints[0];
  assert.ok(endpoint);
  const totals = totalsOf([{ ...base, endpoints: [{ ...endpoint, responseTime: encode(recordAll([70])) }] }, base]);
  const { serviceTime, responseTime } = totals.merged();
  assert.deepEqual([serviceTime.count, serviceTime.sumMicros], [2, 20]);
  assert.deepEqual([responseTime.count, responseTime.sumMicros], [2, 80]);
});

test("beyond the cap on names, requests are counted under (other), per method, in any order from then on", () => {
  const names = Array.from({ length: 3_005 }, (_, position) => failing(`/${position}`, "404 Not Found"));
  const report = (events: readonly RecorderEvent[]) => reportOf(record(events));
  const parts = [
    report(names.slice(0, 900)),
    report(names.slice(900, 1_800)),
    report(names.slice(1_800, 2_500)),
    report(names.slice(2_500)),
  ];
  const totals = totalsOf(parts);
  const [other] = totals.endpoints();
  assert.deepEqual([other?.method, other?.name, other?.requests], ["GET", "(other)", 5]);
  const again = new RunTotals();
  for (const endpoint of totals.endpoints()) again.endpoint(endpoint.method, endpoint.name).merge(endpoint);
  assert.deepEqual(totalsContent(again).endpoints, totalsContent(totals).endpoints);
});

test("beyond the cap on errors, they are counted by kind, also those of (other)", () => {
  const totals = new RunTotals();
  const add = (name: string, message: string) =>
    totals.addError({ method: "GET", name, kind: "5xx", message, count: 1, stack: "" });
  for (let position = 0; position < 600; position++) {
    add("/a", `error ${position}`);
    add("(other)", `error ${position}`);
  }
  const [most, ...others] = totals.errors();
  const message = "further distinct errors";
  assert.deepEqual(most, { method: "", name: "(other)", kind: "5xx", message, count: 200, stack: "" });
  assert.equal(others.length, 1_000);
});

test("the overflow entries of workers do not count towards the cap of the run", () => {
  const totals = new RunTotals();
  for (let worker = 1; worker <= 2; worker++) {
    const errors = Array.from({ length: 600 }, (_, position) => failing("/", `error ${position} of worker ${worker}`));
    totals.add(reportOf(record(errors)), worker);
  }
  const others = totals.errors().filter((error) => isOverflow(error));
  assert.deepEqual(
    others.map(({ count }) => count),
    [200],
    "100 of each worker, in one row",
  );
  assert.equal(totals.errors().length, 1_001, "and the 500 that each of them kept apart");
});

test("one stack of an exception is kept, whatever the order, and never an empty one", () => {
  const thrown = (stack: string) =>
    ({ method: "", name: "task", kind: "exception", message: "boom", count: 1, stack }) as const;
  for (const stacks of [
    ["", "b", "a"],
    ["a", "", "b"],
    ["b", "a", ""],
  ]) {
    const totals = new RunTotals();
    for (const stack of stacks) totals.addError(thrown(stack));
    assert.deepEqual(totals.errors(), [{ ...thrown("a"), count: 3 }]);
  }
});

test("the workers that saw an exception are kept with it, the first 20, whatever the order; those of a request are not", () => {
  const thrown = reportOf(record([{ kind: "exception", task: "task", message: "boom" }, failing("/", "no")]));
  const numbers = [...Array(30).keys()].map((position) => ((position * 7) % 30) + 1);
  const [straight, split] = [new RunTotals(), [new RunTotals(), new RunTotals()] as const];
  for (const worker of numbers) {
    straight.add(thrown, worker);
    split[worker % 2 === 0 ? 0 : 1].add(thrown, worker);
  }
  const merged = new RunTotals();
  for (const part of split) merged.merge(part);
  const first = [...Array(20).keys()].map((position) => position + 1);
  for (const totals of [straight, merged]) {
    const workers = totals.errors().map(({ kind, workers: seenBy }) => [kind, seenBy]);
    assert.deepEqual(workers.toSorted(), [
      ["4xx", undefined],
      ["exception", first],
    ]);
  }
});

test("endpoints are sorted by name, then by method", () => {
  const request = (method: string, name: string): RecorderEvent => ({ ...failing(name, ""), method }) as RecorderEvent;
  const events = [request("POST", "/b"), request("GET", "/b"), request("GET", "/a"), request("GET", "/B")];
  const order = totalsOf([reportOf(record(events))])
    .endpoints()
    .map(({ method, name }) => `${method} ${name}`);
  assert.deepEqual(order, ["GET /B", "GET /a", "GET /b", "POST /b"]);
});

test("merged includes only matching endpoints", () => {
  const events = [failing("/a", "404 Not Found"), failing("/b", "410 Gone"), failing("/b", "410 Gone")];
  const merged = totalsOf([reportOf(record(events))]).merged((endpoint) => endpoint.name === "/b");
  assert.deepEqual([merged.requests, merged.failures, merged.serviceTime.count], [2, 2, 2]);
  assert.deepEqual(listFailureKinds(merged), [{ kind: "4xx", count: 2 }]);
});

test("errors are sorted by frequency", () => {
  const totals = totalsOf([reportOf(record([failing("/a", "rare"), failing("/a", "often"), failing("/a", "often")]))]);
  assert.deepEqual(
    totals.errors().map(({ message, count }) => [message, count]),
    [
      ["often", 2],
      ["rare", 1],
    ],
  );
});

// A report shows the first ten errors only: which ones may not depend on which worker answered first.
test("the order of equally frequent errors does not depend on the order of reports", () => {
  const reports = ["/a", "/b", "/c"].map((name) => reportOf(record([failing(name, "404 Not Found")])));
  const order = (list: readonly IntervalReport[]) =>
    totalsOf(list)
      .errors()
      .map(({ name }) => name);
  assert.deepEqual(order(reports.toReversed()), order(reports));
});

test("totals share no state with an added report", () => {
  const report = reportOf(record([failing("/a", "404 Not Found"), { kind: "check", name: "c", passed: true }]));
  const before = structuredClone(report);
  totalsOf([report, report]);
  assert.deepEqual(report, before);
});
