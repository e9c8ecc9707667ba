import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type FailedRequest, keptSamples, SampleBudget } from "../../src/stats/evidence/failed-request.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { assertProperty } from "../support/property.ts";
import { failedRequest } from "./failed-request-fixture.ts";
import { reportOf } from "./recorder-events.ts";

const samples: fc.Arbitrary<FailedRequest[]> = fc.array(
  fc
    .record({ atMs: fc.nat(9), worker: fc.nat(2), user: fc.nat(2), request: fc.constantFrom("a", "b") })
    .map(failedRequest),
  { minLength: 1, maxLength: 12 },
);

test("the earliest two and the latest are kept, however the samples are merged", () => {
  assertProperty(
    fc.property(samples, fc.nat(11), fc.nat(11), (all, first, second) => {
      const [from, to] = [Math.min(first, second), Math.max(first, second)];
      const kept = (some: readonly FailedRequest[]) =>
        some.reduce<readonly FailedRequest[] | undefined>((before, one) => keptSamples(before, [one]), undefined);
      const parts = [all.slice(to), all.slice(from, to), all.slice(0, from)];
      const merged = parts.map(kept).reduce(keptSamples, undefined);
      assert.deepEqual(merged, kept(all));
      const times = all.map(({ atMs }) => atMs).sort((a, b) => a - b);
      const expected = times.length <= 3 ? times : [...times.slice(0, 2), ...times.slice(-1)];
      assert.deepEqual(
        merged?.map(({ atMs }) => atMs),
        expected,
      );
    }),
  );
});

test("a worker keeps two failed requests of an error, then one every ten intervals, of 100 errors", () => {
  const budget = new SampleBudget();
  const taken: number[] = [];
  for (let interval = 0; interval < 25; interval++) {
    for (let failure = 0; failure < 5; failure++) if (budget.takes("503")) taken.push(interval);
    budget.nextInterval();
  }
  assert.deepEqual(taken, [0, 0, 10, 20]);
  const errors = Array.from({ length: 200 }, (_, error) => budget.takes(`error ${error}`));
  assert.equal(errors.filter((takes) => takes).length, 99);
});

test("a failed request is described only if it is kept, and gets the number of its worker in the totals", () => {
  const recorder = new IntervalRecorder();
  const endpoint = recorder.endpoint("GET", "/jobs");
  let described = 0;
  for (let user = 0; user < 50; user++) {
    recorder.failure(endpoint, "5xx", "503 Service Unavailable", () => failedRequest({ user: described++ }));
  }
  assert.equal(described, 2);
  const totals = new RunTotals();
  endpoint.record(1, 1, 0, 0);
  for (let request = 1; request < 50; request++) endpoint.record(1, 1, 0, 0);
  totals.add(reportOf(recorder), 7);
  assert.deepEqual(
    totals.errors().map(({ count, samples: kept }) => [count, kept?.map(({ worker, user }) => [worker, user])]),
    [
      [
        50,
        [
          [7, 0],
          [7, 1],
        ],
      ],
    ],
  );
  recorder.reset();
  recorder.failure(endpoint, "5xx", "503 Service Unavailable", () => failedRequest({}));
  assert.deepEqual(
    [...recorder.errors.values()].map(({ samples: kept }) => kept),
    [undefined],
  );
});
