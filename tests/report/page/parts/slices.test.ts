import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { phaseNames } from "../../../../src/core/request-phase.ts";
import type { RunReport } from "../../../../src/report/page/model.ts";
import { rangeFigures, sliceRange } from "../../../../src/report/page/parts/range-figures.ts";
import { SlicesBuilder } from "../../../../src/report/page/parts/slices.ts";
import { buildRunReport } from "../../../../src/report/page/run-report.ts";
import { blocksOf } from "../../../../src/report/page/window-blocks.ts";
import { endpointResult } from "../../../../src/report/result/endpoint-result.ts";
import { RunTotals } from "../../../../src/stats/run-totals.ts";
import type { Window } from "../../../../src/stats/windows.ts";
import { delta, failure, requests } from "../../../store/store-fixture.ts";
import { assertProperty } from "../../../support/property.ts";
import { withRecorded } from "../../recorded-run.ts";

/** A report as a page reads it. */
function pageOf(windows: readonly Window[]): RunReport {
  return withRecorded(windows, (input) => JSON.parse(JSON.stringify(buildRunReport(input))));
}

const times = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 4_000_000_000 }));
const requestOf = fc.record({
  kind: fc.constant("request" as const),
  method: fc.constantFrom("GET", "POST", "(SQL)"),
  name: fc.constantFrom("/a", "/b", "__proto__"),
  micros: times,
  waitedMicros: fc.oneof(fc.constant(0), times),
  phases: fc.constant([{ phase: phaseNames.length - 1, micros: 1 }]),
  bytesIn: fc.nat(5_000),
  bytesOut: fc.nat(5_000),
  failure: fc.option(
    fc.record({ kind: fc.constantFrom("5xx" as const, "check" as const), message: fc.constant("no") }),
  ),
});
const spans = fc.array(
  fc.record({
    skip: fc.integer({ min: 0, max: 40 }),
    seconds: fc.integer({ min: 1, max: 3 }),
    events: fc.array(requestOf, { maxLength: 8 }),
  }),
  { minLength: 1, maxLength: 12 },
);

test("the figures of any range equal those of the windows that it covers, and of the whole run those of its result", () => {
  assertProperty(
    fc.property(spans, fc.nat(500), fc.nat(500), (given, from, length) => {
      let second = 0;
      const windows = given.map(({ skip, seconds, events }) => {
        const made = delta(second + skip, events, { seconds });
        second += skip + seconds;
        return made;
      });
      withRecorded(windows, (input) => {
        const report: RunReport = JSON.parse(JSON.stringify(buildRunReport(input)));
        const { slices, distributions } = report;
        assert.ok(slices !== undefined);
        const fromMs = from * 1_000;
        const range = sliceRange(slices, fromMs, fromMs + length * 1_000);
        if (range !== null) {
          const totals = new RunTotals();
          for (const window of input.recording.windows()) {
            if (window.startMs >= range.fromMs && window.startMs + window.widthMs <= range.toMs) totals.add(window);
            else assert.ok(window.startMs + window.widthMs <= range.fromMs || window.startMs >= range.toMs);
          }
          const seconds = (range.toMs - range.fromMs) / 1_000;
          const { total, endpoints } = rangeFigures(slices, range, distributions.percentiles);
          assert.deepEqual(total, withoutPhases(endpointResult(totals.merged(), seconds)));
          assert.deepEqual(
            endpoints,
            totals.endpoints().map((endpoint) => withoutPhases(endpointResult(endpoint, seconds))),
          );
        }
        const whole = sliceRange(slices, 0, slices.endMs);
        assert.ok(whole !== null);
        const figures = rangeFigures(slices, whole, distributions.percentiles);
        assert.deepEqual(figures.total, withoutPhases(report.result.total));
        assert.deepEqual(figures.endpoints, report.result.endpoints.map(withoutPhases));
        assert.deepEqual(figures.distributions, distributions);
      });
    }),
    { factor: 0.2 },
  );
});

test("a range is widened to whole slices, and nothing is in a range beside the run", () => {
  const { slices } = pageOf([...Array(300).keys()].map((second) => delta(second, requests(1))));
  assert.ok(slices !== undefined);
  assert.deepEqual(slices.startMs.slice(0, 3), [0, 5_000, 10_000]);
  assert.deepEqual(sliceRange(slices, 7_000, 11_000), { fromMs: 5_000, toMs: 15_000, first: 1, end: 3 });
  assert.deepEqual(sliceRange(slices, 5_000, 10_000), { fromMs: 5_000, toMs: 10_000, first: 1, end: 2 });
  assert.equal(sliceRange(slices, 300_000, 400_000), null);
  assert.equal(sliceRange(slices, 9_000, 9_000)?.first, 1);
});

test("with very many response times there are fewer slices and times of endpoints, and the total holds them all", () => {
  const names = [...Array(20).keys()].map((position) => `/${position}`);
  const windows = [...Array(60).keys()].map((second) => {
    const events = names.flatMap((name, position) =>
      [...Array(20 - position).keys()].flatMap((n) => requests(1, name, 1_000 + 37 * n + 1_009 * second)),
    );
    return delta(second, [...events, failure("no", "/0")]);
  });
  withRecorded(windows, ({ recording, result }) => {
    const builder = new SlicesBuilder(60_000, 16_000);
    for (const block of blocksOf(recording.windows(), 1_000, 60_000)) builder.add(block);
    const slices = builder.finish({ measuredMs: 60_000, pausesMs: [] });
    assert.ok(JSON.stringify(slices).length < 40_000, `${JSON.stringify(slices).length}`);
    assert.deepEqual([slices.startMs.length, slices.endpoints.length, slices.omittedEndpoints], [12, 20, 0]);
    const timed = slices.endpoints.filter(({ responseTime }) => responseTime !== null);
    assert.ok(timed.length > 0 && timed.length < 20, `${timed.length} of ${JSON.stringify(slices).length}`);
    const range = sliceRange(slices, 0, slices.endMs);
    assert.ok(range !== null);
    const { total, endpoints } = rangeFigures(slices, range, []);
    assert.deepEqual(total, withoutPhases(result.total));
    for (const [position, endpoint] of endpoints.entries()) {
      const expected = result.endpoints[position];
      assert.ok(expected !== undefined);
      const isTimed = timed.some(({ name }) => name === endpoint.name);
      const times = isTimed ? {} : { responseTimeMs: null, serviceTimeMs: null };
      assert.deepEqual(endpoint, { ...withoutPhases(expected), ...times });
    }
  });
});

function withoutPhases<Figures extends { readonly phasesMs: unknown }>({ phasesMs, ...figures }: Figures) {
  return figures;
}

test("rates of a part are over its own time without pauses, and those of the whole run over the load", () => {
  // 10 requests a second in 0 to 20 s and 50 to 70 s, a pause between, and one request that ends at 80 s.
  const loaded = (second: number) => second < 20 || (second >= 50 && second < 70);
  const windows = [...Array(80).keys()]
    .filter((second) => loaded(second) || second === 79)
    .map((second) => delta(second, requests(loaded(second) ? 10 : 1, "/a", 1_000)));
  withRecorded(windows, ({ recording }) => {
    const builder = new SlicesBuilder(80_000);
    for (const block of blocksOf(recording.windows(), 1_000, 80_000)) builder.add(block);
    const slices = builder.finish({ measuredMs: 40_000, pausesMs: [[20_000, 50_000]] });
    const rate = (fromMs: number, toMs: number) => {
      const range = sliceRange(slices, fromMs, toMs);
      assert.ok(range !== null);
      return rangeFigures(slices, range, []).total.requestsPerSecond;
    };
    assert.equal(rate(0, 80_000), 401 / 40);
    assert.equal(rate(0, 60_000), 300 / 30);
    assert.equal(rate(52_000, 68_000), 10);
    assert.equal(rate(60_000, 70_000), 10);
  });
});
