import assert from "node:assert/strict";
import { test } from "node:test";
import { describeThreshold } from "../../../src/core/thresholds/describe.ts";
import { evaluate, type Measured, steady } from "./measured.ts";

const trend = (value: number): Measured => ({ trends: { response_time: steady(value) } });
const failures = (rate: number): Measured => ({ rates: { failures: { rate, count: 51, total: 1000 } } });
const requests = (ratePerSecond: number): Measured => ({ counters: { requests: { count: 123_456, ratePerSecond } } });

const sentences: [metric: string, expression: string, measured: Measured, sentence: string][] = [
  ["response_time", "p(95)<500", trend(812.3), "p(95) of response_time was 812 ms (limit < 500 ms)"],
  ["response_time", "p(95)<500", trend(4.5678), "p(95) of response_time was 4.57 ms (limit < 500 ms)"],
  ["response_time", "p(95)<500", trend(499.9996), "p(95) of response_time was 499.9996 ms (limit < 500 ms)"],
  ["response_time", "p(99.9)<500", trend(500.04), "p(99.9) of response_time was 500 ms (limit < 500 ms)"],
  ["response_time", "count>100", trend(1), "count of response_time was 10 (limit > 100)"],
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
    "bytes_in rate was 2 B/s (limit > 5 B/s)",
  ],
  ["vus", "max>100", { gauges: { users: { value: 9, min: 0, max: 90 } } }, "max of vus was 90 (limit > 100)"],
  [
    "checks",
    "rate>0.99",
    { rates: { checks: { rate: 0.5, count: 1, total: 2 } } },
    "checks rate was 50 % (limit > 99 %)",
  ],
  ["response_time{name:/x}", "p(95)<500", {}, "no data for response_time{name:/x} (limit p(95) < 500 ms)"],
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
  assert.equal(describeThreshold(threshold, outcome), "error rate of failures{name:/x} was 50 % (limit < 1 %)");
});
