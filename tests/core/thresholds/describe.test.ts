import assert from "node:assert/strict";
import { test } from "node:test";
import { describeCondition, describeThreshold } from "../../../src/core/thresholds/describe.ts";
import { measuredName, readThreshold } from "../../../src/core/thresholds/measured-name.ts";
import { evaluate, type Measured, steady } from "./measured.ts";

const trend = (value: number): Measured => ({ trends: { response_time: steady(value) } });
const failures = (rate: number): Measured => ({ rates: { failures: { rate, count: 51, total: 1000 } } });
const requests = (ratePerSecond: number): Measured => ({ counters: { requests: { count: 123_456, ratePerSecond } } });

const sentences: [metric: string, expression: string, measured: Measured, sentence: string][] = [
  ["response_time", "p(95)<500", trend(812.3), "p95 was 812 ms (limit < 500 ms)"],
  ["response_time", "p(95)<500", trend(4.5678), "p95 was 4.57 ms (limit < 500 ms)"],
  ["response_time", "p(95)<500", trend(499.9996), "p95 was 499.9996 ms (limit < 500 ms)"],
  ["response_time", "p(99.9)<500", trend(500.04), "p99.9 was 500 ms (limit < 500 ms)"],
  ["response_time", "count>100", trend(1), "response time count was 10 (limit > 100)"],
  ["failures", "rate<0.01", failures(0.051), "error rate was 5.1 % (limit < 1 %)"],
  ["failures", "rate<0.07", failures(0.07), "error rate was 7 % (limit < 7 %)"],
  ["failures", "rate<0.07", failures(0.070001), "error rate was 7 % (limit < 7 %)"],
  ["failures", "rate<=0.07", failures(0.070001), "error rate was 7.0001 % (limit <= 7 %)"],
  ["failures", "count<10", failures(0.051), "failures count was 51 (limit < 10)"],
  ["requests", "rate>1000", requests(812.4), "requests rate was 812/s (limit > 1000/s)"],
  ["requests", "count>200000", requests(1), "requests count was 123456 (limit > 200000)"],
  [
    "bytes_in",
    "rate>5",
    { counters: { bytes_in: { count: 1, ratePerSecond: 2 } } },
    "bytes in rate was 2 B/s (limit > 5 B/s)",
  ],
  ["vus", "max>100", { gauges: { users: { value: 9, min: 0, max: 90 } } }, "max users was 90 (limit > 100)"],
  [
    "checks",
    "rate>0.99",
    { rates: { checks: { rate: 0.5, count: 1, total: 2 } } },
    "checks rate was 50 % (limit > 99 %)",
  ],
  ["response_time{name:/x}", "p(95)<500", {}, "no data for p95 of /x (limit < 500 ms)"],
];

for (const [metric, expression, measured, sentence] of sentences) {
  test(`says "${sentence}"`, () => {
    const { threshold, outcome } = evaluate(metric, expression, measured);
    assert.equal(describeThreshold(threshold, outcome), sentence);
  });
}

test("keeps the selector in the error rate of an endpoint", () => {
  const measured: Measured = { rates: { "failures /x": { rate: 0.5, count: 1, total: 2 } } };
  const { threshold, outcome } = evaluate("failures{name:/x}", "rate<0.01", measured);
  assert.equal(describeThreshold(threshold, outcome), "error rate of /x was 50 % (limit < 1 %)");
});

test("names what a selector selects, and what the test measures, as reports do", () => {
  const named = (metric: string, expression: string, isShort = false) => {
    const read = readThreshold(metric, expression);
    return measuredName(read.selector, read.expression.aggregation, isShort);
  };
  const names: readonly (readonly [metric: string, expression: string, name: string, short?: string])[] = [
    ["response_time{method:GET,name:/jobs}", "p(95)<500", "p95 of GET /jobs"],
    ["http_req_duration{name:/jobs,status:500}", "med<500", "p50 of /jobs, status 500"],
    ["response_time{name!=/jobs}", "max<500", "max response time of all but /jobs"],
    ["response_time{kind:search,class!=Admin}", "p(99.9)<500", "p99.9 of kind search, all but class Admin"],
    ["http_req_waiting{scenario:browse}", "p(95)<500", "p95 waiting time of scenario browse"],
    ["group_duration{group:::checkout}", "avg<500", "mean group duration of checkout"],
    ["http_req_failed{group:checkout}", "rate<0.01", "error rate of group checkout", "errors of group checkout"],
    ["http_reqs{name:/jobs}", "rate>10", "requests rate of /jobs", "req/s of /jobs"],
    ["checks{check:has a job}", "rate>0.9", "checks rate of check has a job"],
    ["vus", "max<10", "max users", "users"],
    ["users", "value<10", "users"],
    ["cart_size{shop:a}", "p(95)<10", "p95 cart_size of shop a"],
    ["orders", "count>10", "orders count"],
    ["response_time{hook:onStop}", "p(95)<10", "p95 of hook onStop"],
  ];
  for (const [metric, expression, name, short = name] of names) {
    assert.deepEqual([named(metric, expression), named(metric, expression, true)], [name, short]);
  }
});

test("says what a threshold demands", () => {
  const demanded = (metric: string, expression: string) => describeCondition(readThreshold(metric, expression));
  assert.equal(demanded("response_time{method:GET,name:/jobs}", "p(95)<500"), "p95 of GET /jobs < 500 ms");
  assert.equal(demanded("failures", " rate <= 0.07"), "error rate <= 7 %");
  assert.equal(demanded("bytes_in", "rate>5"), "bytes in rate > 5 B/s");
});
