import assert from "node:assert/strict";
import { test } from "node:test";
import { limitOf, limitsOf, selects } from "../../../src/ui/data/limits.ts";

const threshold = (metric: string, expression: string, passed = true) => ({
  metric,
  expression,
  passed,
  value: 1,
  close: false,
});

test("a percentile of the response time and a request rate are lines; other thresholds are none", () => {
  const shown = (metric: string, expression: string) => {
    const limit = limitOf(threshold(metric, expression));
    return limit === null ? null : [limit.chart, limit.percentile, limit.operator, limit.bound];
  };
  assert.deepEqual(shown("response_time", "p(95)<500"), ["response-time", 95, "<", 500]);
  assert.deepEqual(shown("response_time{name:/a}", " p(99.9) <= 1e3 "), ["response-time", 99.9, "<=", 1_000]);
  assert.deepEqual(shown("response_time", "med<20"), ["response-time", 50, "<", 20]);
  assert.deepEqual(shown("requests", "rate>1000"), ["throughput", null, ">", 1_000]);
  assert.equal(shown("response_time", "max<500"), null);
  assert.equal(shown("requests", "count>10"), null);
  assert.equal(shown("checks", "rate>0.99"), null);
});

test("a threshold without tags is about all endpoints, one with a name about that endpoint", () => {
  assert.ok(selects("response_time", ""));
  assert.ok(!selects("response_time", "GET /jobs"));
  assert.ok(selects("response_time{name:/jobs}", "GET /jobs"));
  assert.ok(selects('response_time{method:GET,name:"/jobs"}', "GET /jobs"));
  assert.ok(!selects("response_time{method:POST,name:/jobs}", "GET /jobs"));
  assert.ok(!selects("response_time{name:/jobs}", ""));
  assert.ok(!selects("response_time{scenario:a}", "GET /jobs"));
  assert.ok(selects("response_time{name:/jobs/:id}", "GET /jobs/:id"));
  assert.ok(selects("response_time{name!=/jobs}", "GET /users"));
  assert.ok(!selects("response_time{name!=/jobs}", "GET /jobs"));
});

test("charts show the limits of what they show", () => {
  const thresholds = [threshold("response_time", "p(95)<500"), threshold("response_time{name:/a}", "p(95)<100")];
  const bounds = (key: string) => limitsOf(thresholds, key).map(({ bound }) => bound);
  assert.deepEqual(bounds(""), [500]);
  assert.deepEqual(bounds("GET /a"), [100]);
  assert.deepEqual(bounds("GET /b"), []);
});
