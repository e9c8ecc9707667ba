import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { RunReport } from "../../../../src/report/page/model.ts";
import { checkFigures, groupFigures, sliceRange } from "../../../../src/report/page/parts/range-figures.ts";
import { buildRunReport } from "../../../../src/report/page/run-report.ts";
import { groupResult } from "../../../../src/report/result/endpoint-result.ts";
import { RunTotals } from "../../../../src/stats/run-totals.ts";
import { delta, requests } from "../../../store/store-fixture.ts";
import { assertProperty } from "../../../support/property.ts";
import { withRecorded } from "../../recorded-run.ts";

const micros = fc.integer({ min: 1, max: 4_000_000_000 });
const events = fc.oneof(
  fc.record({
    kind: fc.constant("group" as const),
    path: fc.constantFrom("a", "a::b", "a b", "__proto__"),
    ...{ activeMicros: micros, pausedMicros: fc.oneof(fc.constant(0), micros), hasFailed: fc.boolean() },
  }),
  fc.record({
    kind: fc.constant("check" as const),
    name: fc.constantFrom("created", "__proto__"),
    passed: fc.boolean(),
  }),
);
const spans = fc.array(
  fc.record({
    skip: fc.integer({ min: 0, max: 40 }),
    seconds: fc.integer({ min: 1, max: 3 }),
    events: fc.array(events, { maxLength: 8 }),
  }),
  { minLength: 1, maxLength: 12 },
);

test("the groups and checks of any range are those of the windows that it covers, and of the whole run those of its result", () => {
  assertProperty(
    fc.property(spans, fc.nat(500), fc.nat(500), (given, from, length) => {
      let second = 0;
      const windows = given.map((span) => {
        const made = delta(second + span.skip, [...span.events, ...requests(1)], { seconds: span.seconds });
        second += span.skip + span.seconds;
        return made;
      });
      withRecorded(windows, (input) => {
        const { slices, result }: RunReport = JSON.parse(JSON.stringify(buildRunReport(input)));
        assert.ok(slices !== undefined);
        const range = sliceRange(slices, from * 1_000, (from + length) * 1_000);
        if (range !== null) {
          const totals = new RunTotals();
          for (const window of input.recording.windows()) {
            if (window.startMs >= range.fromMs && window.startMs + window.widthMs <= range.toMs) totals.add(window);
          }
          const seconds = (range.toMs - range.fromMs) / 1_000;
          const groups = totals.groups().map((group) => groupResult(group, seconds));
          assert.deepEqual(byName(groupFigures(slices, range)), byName(groups));
          const checks = [...totals.checks].map(([name, counts]) => ({ name, ...counts }));
          assert.deepEqual(byName(checkFigures(slices, range)), byName(checks));
        }
        const whole = sliceRange(slices, 0, slices.endMs);
        assert.ok(whole !== null);
        assert.deepEqual(byName(groupFigures(slices, whole)), byName(result.groups ?? []));
        assert.deepEqual(byName(checkFigures(slices, whole)), byName(result.checks));
      });
    }),
    { factor: 0.2 },
  );
});

function byName<Named extends { readonly name: string }>(some: readonly Named[]): Named[] {
  return some.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

test("of many groups and checks, the first ones are kept over time", () => {
  const names = [...Array(40).keys()].map((position) => `n${position}`);
  const report = withRecorded(
    [0, 1].map((second) =>
      delta(
        second,
        names.flatMap((path) => [
          { kind: "group" as const, path, activeMicros: 1_000, pausedMicros: 0, hasFailed: false },
          { kind: "check" as const, name: path, passed: true },
        ]),
      ),
    ),
    buildRunReport,
  );
  const { groups, checks } = report.slices ?? { groups: [], checks: [] };
  assert.deepEqual([groups.length, checks.length], [24, 24]);
  assert.ok(groups.every(({ requests: ran }) => ran.every((times) => times === 1)));
  assert.ok(checks.every(({ passes }) => passes.every((times) => times === 1)));
});
