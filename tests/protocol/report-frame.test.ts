import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ByteWriter } from "../../src/protocol/bytes.ts";
import { decodeReport, encodeReport } from "../../src/protocol/report-frame.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import type { IntervalReport } from "../../src/stats/interval-report.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { failedRequest } from "../stats/failed-request-fixture.ts";
import { healthReports } from "../stats/health-fixtures.ts";
import { type RecorderEvent, record, recorderEvents, reportOf, totalsContent } from "../stats/recorder-events.ts";
import { assertProperty } from "../support/property.ts";

const header = fc.record({
  sequence: fc.maxSafeNat(),
  window: fc.maxSafeNat(),
  windowCount: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
});
const firstWindow = { first: 0, count: 1 };
const users = fc.uniqueArray(fc.tuple(fc.string({ unit: "grapheme" }), fc.maxSafeNat()), {
  selector: ([className]) => className,
  maxLength: 4,
});

function totalsOf(report: IntervalReport) {
  const totals = new RunTotals();
  totals.add(report);
  return totalsContent(totals);
}

const nobody = { peak: 0, byClass: new Map<string, number>() };

test("a frame contains everything that the recorder counted", () => {
  const writer = new ByteWriter();
  assertProperty(
    fc.property(
      recorderEvents,
      header,
      users,
      fc.boolean(),
      fc.option(healthReports),
      (events, { sequence, window, windowCount }, counts, isOpen, health) => {
        const recorder = record(events, new IntervalRecorder(isOpen));
        const span = { first: window, count: windowCount };
        const frame = encodeReport(writer, sequence, span, recorder, { peak: 7, byClass: new Map(counts) }, health);
        const decoded = decodeReport(frame);
        const expected = reportOf(recorder, {
          sequence,
          window,
          windowCount,
          peakUsers: 7,
          health,
          users: counts.map(([className, count]) => ({ className, count })),
        });
        assert.deepEqual(decoded, expected);
        assert.deepEqual(totalsOf(decoded), totalsOf(expected));
      },
    ),
  );
});

test("the counts of loads that end by count continue over all reports", () => {
  const writer = new ByteWriter();
  const recorder = new IntervalRecorder();
  assertProperty(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(1_000)), { maxLength: 5 }), (further) => {
      const before = new Map(recorder.countedIterations);
      for (const [scenario, completed] of further) recorder.countIterations(scenario, completed);
      const { counted } = decodeReport(encodeReport(writer, 1, firstWindow, recorder, nobody));
      recorder.reset();
      for (const [scenario, completed] of counted) {
        const sum = further.reduce((total, [id, count]) => total + (id === scenario ? count : 0), 0);
        assert.equal(completed, (before.get(scenario) ?? 0) + sum);
      }
      assert.equal(counted.length, recorder.countedIterations.size);
    }),
  );
});

test("how far a worker is with each scenario comes through", () => {
  const load = [
    { scenario: 0, made: 12, late: 0, dropped: 3, asked: 40 },
    { scenario: 7, made: 2 ** 40, late: 1, dropped: 0, asked: 0 },
  ];
  const frame = encodeReport(new ByteWriter(), 1, firstWindow, new IntervalRecorder(), nobody, null, load);
  assert.deepEqual(decodeReport(frame).load, load);
});

test("after a reset the next frame has only what came later", () => {
  const writer = new ByteWriter();
  assertProperty(
    fc.property(recorderEvents, recorderEvents, (earlier, later) => {
      const recorder = record(earlier);
      recorder.reset();
      const decoded = decodeReport(encodeReport(writer, 2, firstWindow, record(later, recorder), nobody));
      assert.deepEqual(totalsOf(decoded), totalsOf(reportOf(record(later))));
    }),
  );
});

test("a frame contains the stack of an exception", () => {
  const recorder = new IntervalRecorder();
  recorder.exception("look", "boom", () => "at test.ts:1:2\nat naïve 🦊");
  const frame = encodeReport(new ByteWriter(), 1, firstWindow, recorder, nobody, null);
  const [error] = decodeReport(frame).errors;
  assert.deepEqual([error?.message, error?.stack], ["boom", "at test.ts:1:2\nat naïve 🦊"]);
});

test("an idle interval is a frame of a few bytes", () => {
  const frame = encodeReport(new ByteWriter(), 1, firstWindow, new IntervalRecorder(), nobody);
  assert.ok(frame.length <= 24, `${frame.length} bytes`);
  assert.deepEqual(decodeReport(frame), reportOf(new IntervalRecorder()));
});

test("1,000 endpoints fit into one frame", () => {
  const events = Array.from({ length: 1_000 }, (_, id): RecorderEvent => {
    const name = `/jobs/${id}/${"x".repeat(100)}`;
    return { kind: "request", method: "GET", name, micros: id * 1_000, bytesIn: id, bytesOut: 1, failure: null };
  });
  const recorder = record(events);
  const decoded = decodeReport(encodeReport(new ByteWriter(), 1, firstWindow, recorder, nobody));
  assert.deepEqual(decoded, reportOf(recorder));
});

test("requests whose times are left out are counted without them, and merged so", () => {
  const recorder = new IntervalRecorder(true);
  const endpoint = recorder.endpoint("GET", "/jobs");
  endpoint.record(5_000, 6_000, 10, 1);
  endpoint.recordUntimed(20, 2);
  const report = decodeReport(encodeReport(new ByteWriter(), 1, firstWindow, recorder, nobody));
  const totals = new RunTotals();
  totals.add(report);
  totals.add(report);
  const { requests, stalledRequests, bytesIn, responseTime, serviceTime } = totals.merged();
  assert.deepEqual([requests, stalledRequests, bytesIn], [4, 2, 60]);
  assert.deepEqual([responseTime.count, serviceTime.count], [2, 2]);
});

test("a frame contains failed requests, with any text", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 30 });
  const sample = fc
    .record({ atMs: fc.maxSafeNat(), user: fc.maxSafeNat(), request: text, responseBody: text })
    .map(failedRequest);
  assertProperty(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 2 }), (samples) => {
      const recorder = new IntervalRecorder();
      const endpoint = recorder.endpoint("GET", "/jobs");
      for (const one of samples) {
        endpoint.record(1, 1, 0, 0);
        recorder.failure(endpoint, "5xx", "busy", () => one);
      }
      const decoded = decodeReport(encodeReport(new ByteWriter(), 1, firstWindow, recorder, nobody));
      assert.deepEqual(
        decoded.errors.map((error) => error.samples),
        [samples],
      );
    }),
  );
});

test("a frame contains the trace ids of failed requests, and the slowest sampled requests once", () => {
  const recorder = new IntervalRecorder();
  const endpoint = recorder.endpoint("GET", "/jobs");
  for (let request = 0; request < 2; request++) endpoint.record(1_000, 1_000, 1, 1);
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  recorder.failure(endpoint, "5xx", "503", () => failedRequest({ traceId }));
  recorder.failure(endpoint, "5xx", "503", () => failedRequest({}));
  const slow = { method: "GET", name: "/jobs", atMs: 900, worker: 0, user: 7, status: 503 } as const;
  recorder.slowest.add({ ...slow, serviceMs: 12.5, responseMs: 14.25, traceId });
  const writer = new ByteWriter();
  const decoded = decodeReport(encodeReport(writer, 1, firstWindow, recorder, nobody));
  assert.deepEqual(decoded.errors[0]?.samples, [failedRequest({ traceId }), failedRequest({})]);
  assert.deepEqual(decoded.slowest, [{ ...slow, serviceMs: 12.5, responseMs: 14.25, traceId }]);
  recorder.reset();
  assert.equal(decodeReport(encodeReport(writer, 2, firstWindow, recorder, nobody)).slowest, undefined);
  recorder.slowest.add({ ...slow, serviceMs: 99, responseMs: 99, traceId: `${traceId.slice(2)}<b` });
  assert.throws(() => decodeReport(encodeReport(writer, 3, firstWindow, recorder, nobody)), /trace id/);
});
