import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { failureKinds } from "../../src/core/failure-kind.ts";
import { ByteWriter } from "../../src/protocol/bytes.ts";
import { ProtocolError } from "../../src/protocol/channel.ts";
import { decodeReport, encodeReport } from "../../src/protocol/report-frame.ts";
import { encodedSizeBound, encodeInto } from "../../src/stats/histogram/codec.ts";
import { CumulativeHistogram } from "../../src/stats/histogram/cumulative-histogram.ts";
import { HistogramFormatError } from "../../src/stats/histogram/layout.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { fineReport } from "../stats/health-fixtures.ts";
import { record, recorderEvents } from "../stats/recorder-events.ts";
import { assertProperty } from "../support/property.ts";

const mostNumber = 2 ** 53 - 1;

/** Decodes a frame, or refuses it with one of the two errors that close a socket; any other error would end the master. */
function decodeOrRefuse(bytes: Uint8Array): void {
  try {
    new RunTotals().add(decodeReport(bytes));
  } catch (error) {
    assert.ok(error instanceof ProtocolError || error instanceof HistogramFormatError, `${error}`);
  }
}

interface Mutation {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

const mutations = fc.array(
  fc.record({
    at: fc.nat(4_000),
    remove: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(200)),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 1 }),
      fc.uint8Array({ maxLength: 12 }),
      fc.constant(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f)),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

function mutate(frame: Uint8Array, changes: readonly Mutation[]): Uint8Array {
  return changes.reduce((bytes, { at, remove, insert }) => {
    const position = at % (bytes.length + 1);
    return Uint8Array.from([...bytes.subarray(0, position), ...insert, ...bytes.subarray(position + remove)]);
  }, frame);
}

const someone = { peak: 1, byClass: new Map([["a", 1]]) };
const firstWindow = { first: 0, count: 1 };
/** Version, sequence, window, number of windows, four counts of iterations, tasks, counted loads, progress, peak of the users. */
const header = [12, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

test("a frame that was changed anywhere is decoded or refused", () => {
  const writer = new ByteWriter();
  assertProperty(
    fc.property(recorderEvents, mutations, (events, changes) => {
      const recorder = record(events, new IntervalRecorder(changes.length % 2 === 0));
      decodeOrRefuse(mutate(encodeReport(writer, 1, firstWindow, recorder, someone, fineReport), changes));
    }),
    { factor: 2 },
  );
});

test("a frame that is cut anywhere is refused", () => {
  assertProperty(
    fc.property(recorderEvents, (events) => {
      const recorder = record(events, new IntervalRecorder(events.length % 2 === 0));
      const frame = encodeReport(new ByteWriter(), 1, firstWindow, recorder, someone, fineReport);
      for (let length = 0; length < frame.length; length += length < 100 ? 1 : 7) {
        assert.throws(() => decodeReport(frame.subarray(0, length)), ProtocolError);
      }
    }),
    { factor: 0.5 },
  );
});

test("any bytes at all are decoded or refused", () => {
  assertProperty(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => decodeOrRefuse(Uint8Array.of(7, ...bytes))),
    { factor: 2 },
  );
});

test("another version and a frame with bytes after its end are refused", () => {
  const frame = encodeReport(new ByteWriter(), 1, firstWindow, record([]), someone, fineReport);
  assert.throws(() => decodeReport(Uint8Array.of(1, ...frame.subarray(1))), /unknown version/);
  assert.throws(() => decodeReport(Uint8Array.of(...frame, 0)), /longer than its content/);
  assert.throws(() => decodeReport(new Uint8Array(0)), ProtocolError);
});

test("a report that covers no window is refused", () => {
  const frame = encodeReport(new ByteWriter(), 1, { first: 5, count: 0 }, record([]), someone);
  assert.throws(() => decodeReport(frame), /the report covers no window/);
});

test("lengths of terabytes allocate no memory", () => {
  const claims = [
    [mostNumber], // users
    [1, mostNumber], // the name of a class
    [0, 0, mostNumber], // endpoints
    [0, 0, 0, mostNumber], // series
    [0, 0, 0, 0, mostNumber], // checks
    [0, 0, 0, 0, 0, mostNumber], // metrics
    [0, 0, 0, 0, 0, 0, mostNumber], // errors
    [0, 0, 0, 0, 0, 0, 0, mostNumber], // slowest requests
    [0, 1, mostNumber], // samples of the schedule lag
    [0, 1, 1, 1, 1, 1, mostNumber], // bytes of the schedule lag
  ];
  const before = process.memoryUsage();
  for (const claim of claims) {
    const writer = new ByteWriter();
    for (const value of [...header, ...claim]) writer.varint(value);
    assert.throws(() => decodeReport(writer.finish()), ProtocolError);
  }
  const after = process.memoryUsage();
  const grownMegabytes = (after.heapUsed + after.external - before.heapUsed - before.external) / 1e6;
  assert.ok(grownMegabytes < 50, `${grownMegabytes} MB`);
});

test("an unknown kind of failure is refused", () => {
  const writer = new ByteWriter();
  for (const value of [...header, 0, 0, 1]) writer.varint(value);
  for (const text of ["GET", "/"]) writer.text(text);
  const { length } = failureKinds;
  for (const value of [1, 1, 1, 1, length, 1]) writer.varint(value);
  assert.throws(() => decodeReport(writer.finish()), new RegExp(`unknown failure kind ${length}`));
});

test("an unknown phase, or one with more requests than its endpoint, is refused", () => {
  assert.deepEqual(decodeReport(frameClaiming("/a", 3, [[4, 3, 9, 5]])).endpoints[0]?.phases, [
    { phase: 4, requests: 3, sumMicros: 9, maxMicros: 5 },
  ]);
  assert.throws(() => decodeReport(frameClaiming("/a", 3, [[6, 3, 9, 5]])), /unknown phase 6/);
  assert.throws(
    () => decodeReport(frameClaiming("/a", 3, [[4, 4, 9, 5]])),
    /a phase has more requests than its endpoint/,
  );
});

// Two such frames are within 2^53 each and beyond it together; the verdict merges all endpoints.
test("however many samples frames claim, what is accepted can be merged", () => {
  const totals = new RunTotals();
  for (const name of ["/a", "/b"]) {
    try {
      totals.add(decodeReport(frameClaiming(name, mostNumber)));
    } catch (error) {
      assert.ok(error instanceof ProtocolError || error instanceof HistogramFormatError, `${error}`);
    }
  }
  assert.doesNotThrow(() => totals.merged());
});

/** A frame of one endpoint with `count` samples of 1 us, written as `report-frame.ts` describes it. */
function frameClaiming(name: string, count: number, phases: readonly (readonly number[])[] = []): Uint8Array {
  const histogram = new CumulativeHistogram();
  const aggregates = { count, minMicros: 1, maxMicros: 1, sumMicros: count };
  histogram.addSlots(Uint16Array.of(1), Float64Array.of(count), 0, 1, aggregates);
  const writer = new ByteWriter();
  for (const value of [...header, 0, 0, 1]) writer.varint(value);
  for (const text of ["GET", name]) writer.text(text);
  for (const value of [count, 1, 1, 0, count, 1, 1, count]) writer.varint(value);
  writer.block(encodedSizeBound(histogram), (target, offset) => encodeInto(histogram, target, offset));
  for (const value of [0, phases.length, ...phases.flat(), 0, 0, 0, 0, 0, 0]) writer.varint(value);
  return writer.finish();
}
