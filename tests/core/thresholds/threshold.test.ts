import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ThresholdError } from "../../../src/core/thresholds/cursor.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";

describe("thresholds", () => {
  test("are read in the order written, from a list or a single expression", () => {
    const thresholds = parseThresholds({
      " http_req_duration{name:/jobs} ": ["p(99)<1000", " avg < 300 "],
      checks: "rate>0.99",
      users: [],
    });
    assert.deepEqual(
      thresholds.map(({ metric, selector, expression }) => [metric, selector.metric.name, expression.source]),
      [
        ["http_req_duration{name:/jobs}", "response_time", "p(99)<1000"],
        ["http_req_duration{name:/jobs}", "response_time", "avg < 300"],
        ["checks", "checks", "rate>0.99"],
      ],
    );
  });

  test("are plain data", () => {
    const thresholds = parseThresholds({ "failures{method:GET}": "count<10" });
    assert.deepEqual(JSON.parse(JSON.stringify(thresholds)), thresholds);
  });

  test("are refused where the aggregation does not fit the metric", () => {
    assert.throws(() => parseThresholds({ vus: ["p(95)<500"] }), ThresholdError);
  });
});

test("an object has more than its expression; missing properties have their defaults", () => {
  const parsed = parseThresholds({
    failures: { threshold: "rate<0.5", abortOnFail: true, delayAbortEval: "1m30s" },
    checks: ["rate>0.9", { threshold: "rate>0.5", abortOnFail: true, noData: "passes" }],
    requests: { threshold: "count>1", delayAbortEval: "5s" },
  });
  assert.deepEqual(
    parsed.map(({ metric, expression, abortFromMs, passesWithoutData }) => [
      metric,
      expression.source,
      abortFromMs,
      passesWithoutData,
    ]),
    [
      ["failures", "rate<0.5", 90_000, false],
      ["checks", "rate>0.9", null, false],
      ["checks", "rate>0.5", 0, true],
      ["requests", "count>1", null, false],
    ],
  );
});

test("more thresholds than a worker records are refused, with the limit", () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, position) => [`requests{name:/${position}}`, "count>0"]));
  assert.equal(parseThresholds(many(1_000)).length, 1_000);
  assert.throws(
    () => parseThresholds(many(1_001)),
    /^ConfigurationError: thresholds: there are 1001; at most 1000 are possible, as every worker records each$/,
  );
});
