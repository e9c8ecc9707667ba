import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  mostSlowest,
  SlowestOfWorker,
  SlowestRequests,
  type SlowRequest,
} from "../../src/stats/evidence/slow-request.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { assertProperty } from "../support/property.ts";
import { record, reportOf } from "./recorder-events.ts";

/** Some take equally long. Trace ids are unique, as in a run. */
const requests: fc.Arbitrary<SlowRequest[]> = fc
  .array(fc.record({ name: fc.constantFrom("/a", "/b"), responseMs: fc.integer({ min: 0, max: 20 }) }), {
    maxLength: 30,
  })
  .map((all) => all.map(({ name, responseMs }, at) => slow(name, responseMs, at)));

function slow(name: string, responseMs: number, at = 0): SlowRequest {
  const traceId = at.toString(16).padStart(32, "0");
  const place = { method: "GET", name, atMs: at, worker: 0, user: at };
  return { ...place, status: 200, serviceMs: responseMs, responseMs, traceId };
}

/** The slowest by sorting everything. */
function expected(all: readonly SlowRequest[], name: string): SlowRequest[] {
  const ofEndpoint = all.filter((one) => one.name === name);
  ofEndpoint.sort((a, b) => b.responseMs - a.responseMs || (a.traceId < b.traceId ? -1 : 1));
  return ofEndpoint.slice(0, mostSlowest);
}

test("the slowest of each endpoint are kept, in every order of adding", () => {
  assertProperty(
    fc.property(requests, fc.infiniteStream(fc.nat()), (all, keys) => {
      const shuffled = all.map((one) => ({ one, key: keys.next().value })).sort((a, b) => a.key - b.key);
      const slowest = new SlowestRequests();
      for (const { one } of shuffled) slowest.add(one);
      for (const name of ["/a", "/b"]) assert.deepEqual(slowest.of({ method: "GET", name }), expected(all, name));
    }),
  );
});

test("what workers report in any intervals has the slowest of all requests", () => {
  assertProperty(
    fc.property(requests, fc.infiniteStream(fc.nat({ max: 5 })), (all, choices) => {
      const workers = [new SlowestOfWorker(), new SlowestOfWorker()];
      const merged = new SlowestRequests();
      const report = (worker: SlowestOfWorker | undefined) => {
        for (const one of worker?.ofInterval.each() ?? []) merged.add(one);
        worker?.ofInterval.clear();
      };
      for (const one of all) {
        const choice: number = choices.next().value;
        workers[choice % 2]?.add(one);
        if (choice >= 4) report(workers[choice % 2]);
      }
      workers.forEach(report);
      for (const name of ["/a", "/b"]) assert.deepEqual(merged.of({ method: "GET", name }), expected(all, name));
    }),
  );
});

test("totals keep the slowest requests of endpoints that they count, with their worker", () => {
  const request = { kind: "request", method: "GET", micros: 1_000, bytesIn: 1, bytesOut: 1, failure: null } as const;
  const totals = new RunTotals();
  const report = reportOf(record([{ ...request, name: "/a" }]));
  totals.add({ ...report, slowest: [slow("/a", 5), slow("/unknown", 9)] }, 3);
  const sum = new RunTotals();
  sum.merge(totals);
  assert.deepEqual(sum.slowestOf({ method: "GET", name: "/a" }), [{ ...slow("/a", 5), worker: 3 }]);
  assert.deepEqual([...sum.eachSlow()].length, 1);
});
