import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import type { RecorderEvent } from "../../stats/recorder-events.ts";
import { assertProperty } from "../../support/property.ts";
import { answer, columnsOf, resultOf, summaryOf, usual } from "../result-fixture.ts";

const widths = [60, 80, 100, 120, 200];

/** No line is wider than its terminal, and none is broken by what a name holds. */
function assertFits(summary: string, width = 100): void {
  for (const line of summary.split("\n")) {
    assert.ok(columnsOf(line) <= width, `${columnsOf(line)} columns: ${line}`);
    assert.doesNotMatch(line, /\p{Cc}/u, JSON.stringify(line));
  }
}

/** Letters about whose width all terminals agree. */
const name = fc.string({ unit: fc.constantFrom("a", "/", "ü", "予", "한", "🦊"), maxLength: 60 });
const answers = fc.record({ name, ms: fc.integer({ min: 0, max: 3_600_000 }), message: fc.option(name) });

test("the summary fits its width with any names and numbers", () => {
  assertProperty(
    fc.property(fc.array(answers, { maxLength: 6 }), fc.nat(1_000), (list, times) => {
      const result = resultOf(list.map(({ name, ms, message }) => answer(name, ms, message)));
      const busy = [...result.endpoints, result.total].map((each) => ({
        ...each,
        requests: each.requests * 10 ** (times % 9),
        requestsPerSecond: each.requestsPerSecond * times,
      }));
      const total = busy.pop() ?? result.total;
      for (const width of widths) assertFits(summaryOf({ ...result, endpoints: busy, total }, width), width);
    }),
    { factor: 0.3 },
  );
});

test("a message or a name in several lines does not break a line of the report", () => {
  const lines = (name: string, message: string) => summaryOf(resultOf([answer(name, 5, message)])).split("\n").length;
  assert.equal(lines("/jobs\n/all", "expected\n\n1 !== 2\n"), lines("/jobs", "expected 1 !== 2"));
});

const long = "a-very-long-name-".repeat(12);
const wide: Record<string, Result> = {
  "endpoints of long names and large numbers": resultOf([]),
  "a long title": { ...usual, run: { ...usual.run, test: long, host: `https://${long}.example.com` } },
  "long reasons and warnings": { ...usual, reasons: [long], warnings: [long] },
  "a long threshold": {
    ...usual,
    thresholds: [
      { metric: `response_time{name:/${long}}`, expression: "p(95)<500", value: 1, passed: true, close: true },
    ],
  },
  "a long check": { ...usual, checks: [{ name: long, passes: 1, failures: 1 }] },
  "many classes": { ...usual, users: Object.fromEntries(Array.from({ length: 40 }, (_, id) => [`Class${id}`, 1])) },
  "many workers": {
    ...usual,
    workers: Array.from({ length: 200 }, (_, id) => ({
      ...(usual.workers[0] as Result["workers"][0]),
      number: id + 1,
    })),
  },
  "an open load of hours of waiting": resultOf(
    [
      { ...answer("/jobs", 3_600_000), waitedMicros: 9e9 } as RecorderEvent,
      { kind: "arrival", lagMicros: 3.6e9, blockedMicros: 3.6e9 },
    ],
    {},
    new IntervalRecorder(true),
  ),
  "East Asian names": resultOf([
    answer("/予約/一覧/予約/一覧/予約/一覧/予約/一覧/予約/一覧", 5, "予約は見つかりません".repeat(9)),
  ]),
  "a message with terminal codes": resultOf([answer("/jobs", 5, "\u001b[2J\u001b[31mgone")]),
};
const [first] = usual.endpoints;
if (first !== undefined) {
  const times = {
    ...first.responseTimeMs,
    min: 1_000,
    max: 3_600_000,
    percentiles: { 50: 12_000, 95: 120_000, 99: 3.6e6 },
  };
  const busy = {
    ...first,
    name: long,
    requests: 1_234_567_890,
    failures: 123_456_789,
    requestsPerSecond: 98_765,
    responseTimeMs: times,
  };
  wide["endpoints of long names and large numbers"] = { ...usual, endpoints: Array(50).fill(busy), total: busy };
}

for (const [what, result] of Object.entries(wide)) {
  for (const width of widths) {
    test(`at most ${width} columns: ${what}`, () => assertFits(summaryOf(result, width), width));
  }
}

test("on a narrow terminal, figures stay whole: columns are left out instead", () => {
  const large = wide["endpoints of long names and large numbers"];
  assert.ok(large !== undefined);
  for (const width of widths) {
    const rows: string[] = summaryOf(large, width)
      .split("\n")
      .filter((line) => line.includes("1,234,567,890"));
    assert.equal(rows.length, 51);
    for (const row of rows) assert.match(row, /…\S* +1,234,567,890 +123,456,789 \(10\.0 %\) .*120,000/);
  }
  const [head, row] = summaryOf(usual, 60)
    .split("\n")
    .filter((line) => /endpoint|GET \/jobs\/:id/.test(line));
  assert.match(head ?? "", /^ {2}endpoint +requests +failures .*p95 .*max ms/);
  assert.match(row ?? "", /^ {2}GET \/jobs\/:id +1 +1 \(100\.0 %\)/);
});

test("names are cut in the middle, and not at all where there is room", () => {
  const name = "/api/v1/organisations/:organisation/projects/:project/members";
  const line = (width: number) =>
    summaryOf(resultOf([answer(name, 5)]), width)
      .split("\n")
      .find((each) => each.startsWith("  GET")) ?? "";
  assert.match(line(80), /^ {2}GET \/\S+…\S*members /);
  assert.ok(line(200).includes(name));
});
