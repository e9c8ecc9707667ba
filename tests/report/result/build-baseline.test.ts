import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Baseline, baselineSchema } from "../../../src/report/result/baseline.ts";
import { buildBaseline } from "../../../src/report/result/build-baseline.ts";
import { decodeCompressed } from "../../../src/stats/histogram/codec.ts";
import { CumulativeHistogram } from "../../../src/stats/histogram/cumulative-histogram.ts";
import { RunTotals } from "../../../src/stats/run-totals.ts";
import { streamsOf } from "../../../src/stats/stream-totals.ts";
import type { StoredWindow } from "../../../src/stats/windows.ts";
import { type RecorderEvent, record, recorderEvents, reportOf } from "../../stats/recorder-events.ts";
import { failure, requests } from "../../store/store-fixture.ts";
import { assertProperty } from "../../support/property.ts";

function runOf(durationMs: number): Baseline["run"] {
  return {
    id: "20261123-182345-3fa9",
    name: "release-7",
    test: "plot-palette",
    profile: "standard",
    host: "http://127.0.0.1:8000",
    startedAt: "2026-11-23T18:23:45.000Z",
    durationMs,
    workers: 2,
    peakUsers: 50,
    verdict: "passed",
    musterVersion: "0.1.0",
  };
}

function window(second: number, events: readonly RecorderEvent[], peakUsers = 1): StoredWindow {
  const place = { startMs: second * 1_000, widthMs: 1_000 };
  return { ...reportOf(record(events)), ...place, peakUsers, users: [], errors: [] };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

test("every request is in exactly one section, one step, and the histogram", () => {
  const windows = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 70 }), recorderEvents), {
    selector: ([second]) => second,
    maxLength: 8,
  });
  assertProperty(
    fc.property(windows, fc.integer({ min: 0, max: 60_000 }), (given, durationMs) => {
      const ascending = given.toSorted((a, b) => a[0] - b[0]).map(([second, events]) => window(second, events));
      const baseline = buildBaseline(runOf(durationMs), ascending);
      assert.deepEqual(baselineSchema.parse(JSON.parse(JSON.stringify(baseline))), baseline);
      const totals = new RunTotals();
      for (const each of ascending) totals.add(each);
      const groups = totals.groups().map(({ requests, failures, serviceTime }) => {
        return { requests, failures, responseTime: serviceTime };
      });
      const streams = streamsOf(totals).flatMap(({ first, events }) => [
        { requests: first.requests, failures: 0, responseTime: first.responseTime },
        { requests: events.requests, failures: 0, responseTime: events.serviceTime },
      ]);
      const expected = [totals.merged(), ...totals.endpoints(), ...groups, ...streams];
      for (const [position, endpoint] of [baseline.total, ...baseline.endpoints].entries()) {
        const { requests: count, failures, responseTime } = expected[position] ?? totals.merged();
        assert.deepEqual([endpoint.requests, endpoint.failures], [count, failures]);
        if (baseline.sectionMs.length > 0) {
          assert.equal(sum(endpoint.sections.requests), count);
          assert.equal(sum(endpoint.sections.failures), failures);
        }
        if (endpoint.series !== null) assert.equal(sum(endpoint.series.requests), count);
        const decoded = decodeCompressed(Buffer.from(endpoint.histogram, "base64"));
        assert.equal(decoded.count, responseTime.count);
        if (count > 0) assert.equal(endpoint.p50Ms, responseTime.percentileMicros(50) / 1_000);
      }
    }),
    { factor: 0.6 },
  );
});

test("a section has the percentiles of its own requests; a quiet one has none", () => {
  const windows = [
    window(0, requests(9, "/jobs", 10_000), 3),
    window(2, [...requests(5, "/jobs", 20_000), failure("503")], 4),
    window(3, requests(4, "/jobs", 30_000), 2),
  ];
  const { sectionMs, endpoints, series } = buildBaseline(runOf(40_500), windows);
  const [jobs] = endpoints;
  assert.deepEqual(sectionMs, [...Array.from({ length: 19 }, () => 2_000), 2_500]);
  assert.deepEqual(jobs?.sections.requests.slice(0, 3), [9, 10, 0]);
  assert.deepEqual(jobs?.sections.failures.slice(0, 3), [0, 1, 0]);
  const merged = new CumulativeHistogram();
  const totals = new RunTotals();
  for (const each of windows.slice(1)) totals.add(each);
  merged.add(totals.merged().responseTime);
  assert.deepEqual(jobs?.sections.p95Ms[1], merged.percentileMicros(95) / 1_000);
  assert.deepEqual(jobs?.sections.p50Ms[2], null);
  assert.deepEqual(series.users.slice(0, 4), [3, 0, 4, 2]);
});

test("a stream is compared by its first event, and by its gaps", () => {
  const stream = { kind: "stream", name: "/chat", firstMs: 200, gapsMs: [50, 70] } as const;
  const { endpoints } = buildBaseline(runOf(20_000), [window(0, [...requests(1), stream]), window(3, [stream])]);
  assert.deepEqual(
    endpoints.slice(1).map(({ method, name, requests, p95Ms }) => [method, name, requests, p95Ms]),
    [
      ["first_event", "GET /chat", 2, 200],
      ["event_gap", "GET /chat", 6, 70],
    ],
  );
});

test("a group is compared as an endpoint, by its time without pauses", () => {
  const group = { kind: "group", path: "buy::pay", activeMicros: 20_000, pausedMicros: 3e6, hasFailed: true } as const;
  const { endpoints, total } = buildBaseline(runOf(20_000), [window(0, [...requests(1), group]), window(3, [group])]);
  const [, pay = assert.fail("no group")] = endpoints;
  assert.deepEqual([pay.method, pay.name, pay.requests, pay.failures], ["group", "buy::pay", 2, 2]);
  assert.ok(Math.abs((pay.p95Ms ?? 0) - 20) < 0.1, `${pay.p95Ms}`);
  assert.deepEqual(pay.sections.requests.slice(0, 4), [1, 0, 0, 1]);
  assert.equal(sum(pay.series?.requests ?? []), 2);
  assert.equal(total.requests, 1, "a group is not a request");
});

test("requests that ended after the run are in its last section; the busiest 20 endpoints have a series", () => {
  const names = Array.from({ length: 25 }, (_, position) => `/${position}`);
  const windows = [
    window(
      1,
      names.flatMap((name, position) => requests(1 + position, name)),
    ),
    window(31, requests(1, "/0")),
  ];
  const { endpoints } = buildBaseline(runOf(30_000), windows);
  const named = (name: string) => endpoints.find((endpoint) => endpoint.name === name);
  assert.equal(named("/0")?.sections.requests.at(-1), 1);
  assert.equal(endpoints.filter(({ series }) => series !== null).length, 20);
  assert.deepEqual([named("/3")?.series, named("/24")?.series === null], [null, false]);
});

test("a file whose columns do not fit is refused", () => {
  const baseline = buildBaseline(runOf(30_000), [window(1, requests(3))]);
  const { success } = baselineSchema.safeParse({ ...baseline, sectionMs: [1] });
  assert.equal(success, false);
});
