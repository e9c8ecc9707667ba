import assert from "node:assert/strict";
import { test } from "node:test";
import { shortThresholds } from "../../../src/report/text/threshold-cut.ts";
import { closeNote, marginOf, shortThreshold, worstFirst } from "../../../src/report/text/threshold-line.ts";

const cases: readonly (readonly [metric: string, expression: string, value: number | null, line: string])[] = [
  ["response_time", "p(95)<500", 148.2, "p95 148 ms < 500"],
  ["response_time", "p(99.9) <= 1000", 4.067, "p99.9 4.07 ms <= 1000"],
  ["response_time", "p(95)<500", null, "p95 no data < 500"],
  ["response_time", "avg<20", 14.84, "mean response time 14.8 ms < 20"],
  ["response_time", "count>10", 1_204, "response time count 1,204 > 10"],
  ["response_time{name:/jobs}", "p(99)<1000", 120, "p99 of /jobs 120 ms < 1000"],
  ["http_req_duration", "med<5", 0.41, "p50 0.41 ms < 5"],
  ["http_req_waiting", "p(95)<200", 148.2, "p95 waiting time 148 ms < 200"],
  ["failures", "rate<0.01", 0.0002, "errors 0.02 % < 1 %"],
  ["failures", "rate<=0", 0, "errors 0 % <= 0 %"],
  // A limit is written exactly, and a value on its side of it.
  ["failures", "rate<0.00005", 0.00002, "errors 0.002 % < 0.005 %"],
  ["checks", "rate>0.9995", 0.99971, "checks rate 99.97 % > 99.95 %"],
  ["checks", "rate>0.9", 0.999999, "checks rate 99.9999 % > 90 %"],
  ["failures", "rate<0.01", 0.009_998, "errors 0.9998 % < 1 %"],
  ["failures", "rate<=0.07", 0.07, "errors 7.0 % <= 7 %"],
  ["failures", "rate<0.01", 0.000_02, "errors 0.002 % < 1 %"],
  ["response_time", "p(95)<500", 499.97, "p95 499.97 ms < 500"],
  ["response_time", "p(95)<500", 500, "p95 500 ms < 500"],
  ["requests", "rate>=1000", 999.96, "req/s 999.96 >= 1000"],
  ["failures", "count<5", 3, "failures count 3 < 5"],
  ["requests", "rate>1000", 1_204.4, "req/s 1,204 > 1000"],
  ["requests", "rate>0.5", 0.4, "req/s 0.4 > 0.5"],
  ["requests", "count>1000", 5_000, "requests count 5,000 > 1000"],
  ["iterations", "rate>10", 12.3, "iterations rate 12.3 > 10"],
  ["checks", "rate>0.99", 0.999, "checks rate 99.9 % > 99 %"],
  ["users", "max>100", 50, "users 50 > 100"],
  ["bytes_in", "rate>1000000", 1_200_000, "bytes in rate 1,200,000 > 1000000"],
  ["checks", "rate>0.995", 0.9, "checks rate 90.0 % > 99.5 %"],
  ["failed_iterations", "rate<0.1", 0.05, "failed iterations rate 5.0 % < 10 %"],
  ["failed_iterations", "count<3", 2, "failed iterations count 2 < 3"],
  ["schedule_lag", "p(99)<2", 1.5, "p99 schedule lag 1.50 ms < 2"],
  ["dropped_iterations", "count<1", 3, "dropped iterations count 3 < 1"],
  ["first_event{name:/events}", "p(95)<800", 812.3, "p95 first event of /events 812 ms < 800"],
  ["response_time{method:GET,name:/jobs}", "p(95)<500", 812.3, "p95 of GET /jobs 812 ms < 500"],
  ["failures{name:/jobs}", "rate<0.01", 0.05, "errors of /jobs 5.0 % < 1 %"],
  // A metric of the test: its rate may be a share, or a number per second.
  ["cached", "rate>0.8", 0.75, "cached rate 75.0 % > 80 %"],
  ["orders", "rate>5", 7.25, "orders rate 7.3 > 5"],
  ["cart_size", "p(95)<50", 12, "p95 cart_size 12 < 50"],
  // The magnitude of an observed metric is unknown.
  ["observed{name:cpu}", "max<0.8", 0.0351, "max of observed cpu 0.0351 < 0.8"],
  ["observed{name:aws.throttled}", "p(95)<10", 12_345.6, "p95 of observed aws.throttled 12,346 < 10"],
  ["observed{name:free}", "min>-3", -2, "min of observed free -2 > -3"],
  // The unit follows from the metric, whatever the names in its selector.
  ["requests{name:/run_time}", "count>10", 12, "requests count of /run_time 12 > 10"],
  ["requests{name:/run_time}", "rate>10", 12, "req/s of /run_time 12 > 10"],
  ["bytes_in{name:/duration}", "rate>10", 12, "bytes in rate of /duration 12 > 10"],
];

for (const [metric, expression, value, line] of cases) {
  test(`${metric}: ${expression} at ${value}`, () => {
    const outcome = { metric, expression, value, passed: false, noData: value === null };
    assert.equal(shortThreshold(outcome), line);
  });
}

test("a close percentile is shown with its interval, or with too few samples for one; others without a word", () => {
  const interval = { lowMs: 141, highMs: 156 };
  assert.equal(closeNote({ close: true, interval }), " (close: 141 to 156)");
  assert.equal(closeNote({ close: true, interval: { lowMs: 141, highMs: null } }), " (few samples)");
  assert.equal(closeNote({ close: false, interval }), "");
});

test("the distance from a limit, in percent of it, and how much of it is used up", () => {
  const margins: readonly (readonly [expression: string, value: number | null, used: number | null, text: string])[] = [
    ["p(95)<500", 812, 1.624, "+62 %"],
    ["p(95)<500", 310, 0.62, "−38 %"],
    ["p(95)<=500", 500, 1, "at the limit"],
    ["p(95)<500", 500.1, 1.0002, "+< 0.1 %"],
    ["rate<0.01", 0.17, 17, "17 times"],
    ["rate<0.01", 0, 0, "−100 %"],
    ["rate>1000", 1_250, 0.8, "+25 %"],
    ["rate>1000", 800, 1.25, "−20 %"],
    ["rate>1000", 0, Number.POSITIVE_INFINITY, "−100 %"],
    // Only nothing is 100 % below a limit.
    ["rate<0.01", 0.000_04, 0.004, "−99.6 %"],
    ["rate<0.01", 0.000_000_1, 0.000_01, "−99.9 %"],
    ["rate>1000", 0.4, 2_500, "−99.9 %"],
    ["p(95)<500", 549.9, 1.0998, "+10 %"],
    ["p(95)<500", 499.9, 0.9998, "−< 0.1 %"],
    ["count<=0", 0, 0, ""],
    ["count<=0", 3, Number.POSITIVE_INFINITY, ""],
    ["count==0", 0, null, ""],
    ["p(95)<500", null, null, ""],
  ];
  for (const [expression, value, used, text] of margins) {
    const margin = marginOf({ expression, value });
    assert.deepEqual(margin, used === null ? null : { used: value === null ? 0 : margin?.used, text });
    if (used !== null) assert.ok(margin?.used === used || Math.abs((margin?.used ?? 0) - used) < 1e-9, expression);
  }
});

test("thresholds come worst first: those that fail by how far, then those that hold, the closest first", () => {
  const outcome = (expression: string, value: number | null, passed: boolean, isOpen = false) => ({
    expression,
    value,
    passed,
    isOpen,
  });
  const sorted = [
    outcome("p(95)<500", 700, false),
    outcome("rate>10", 2, false),
    outcome("p(99)<900", null, false),
    outcome("rate<0.1", 0.09, true),
    outcome("rate>10", 1_000, true),
    outcome("p(50)<9", null, false, true),
  ];
  assert.deepEqual(worstFirst([...sorted].reverse()), [sorted[1], sorted[0], ...sorted.slice(2)]);
});

test("thresholds of a narrow terminal stay different, and their values whole", () => {
  const outcomes = ["members", "projects", "invoices"].map((last) => ({
    metric: `response_time{name:/api/v1/organizations/:id/${last}}`,
    expression: "p(95)<500",
    value: 148,
    passed: true,
    noData: false,
  }));
  const lines = shortThresholds(outcomes, 40);
  assert.equal(new Set(lines).size, 3);
  for (const line of lines) assert.match(line, /^.{1,27} 148 ms < 500$/);
});
