import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { parseTarget, type Targets, targetsToThresholds } from "../../../src/core/thresholds/targets.ts";

const conversions: [targets: Targets, metric: string, expression: string][] = [
  [{ p50: "1s" }, "response_time", "p(50)<1000"],
  [{ p95: "500ms" }, "response_time", "p(95)<500"],
  [{ p99: "1m" }, "response_time", "p(99)<60000"],
  [{ errorRate: "1%" }, "failures", "rate<0.01"],
  [{ errorRate: "0.5 %" }, "failures", "rate<0.005"],
  [{ errorRate: "0.7%" }, "failures", "rate<0.007"],
  [{ errorRate: "100%" }, "failures", "rate<1"],
  [{ errorRate: "0%" }, "failures", "rate<=0"],
  [{ requestsPerSecond: 1000 }, "requests", "rate>1000"],
  [{ concurrentUsers: 100 }, "users", "max>100"],
];

const refused: [text: string, message: RegExp][] = [
  ["p95", /target "p95": expected NAME=VALUE/],
  ["p95=", /expected NAME=VALUE/],
  ["p59=300ms", /unknown target "p59", did you mean "p(95|50|99)"\?/],
  ["error_rate=1%", /did you mean "errorRate"\?/],
  ["constructor=1", /unknown target "constructor", expected one of p50, p95, p99, errorRate, /],
  ["p95=300", /target p95: duration "300" has no unit/],
  ["p95=soon", /target p95: duration "soon" is not a duration/],
  ["p95=0ms", /target p95: expected a duration longer than zero, found "0ms"/],
  ["errorRate=1", /target errorRate: expected a percentage from 0% to 100%, such as "1%", found "1"/],
  ["errorRate=101%", /found "101%"/],
  ["errorRate=-1%", /found "-1%"/],
  ["requestsPerSecond=many", /target requestsPerSecond: expected a number greater than zero/],
  ["requestsPerSecond=0", /greater than zero, found 0/],
  ["concurrentUsers=1.2.3", /target concurrentUsers: expected a number/],
];

describe("targets", () => {
  for (const [targets, metric, expression] of conversions) {
    test(`${JSON.stringify(targets)} stands for ${metric}: ${expression}`, () => {
      const thresholds = targetsToThresholds(targets);
      assert.deepEqual(
        thresholds.map((threshold) => [threshold.metric, threshold.expression.source]),
        [[metric, expression]],
      );
    });
  }

  test("become thresholds in the order written", () => {
    const thresholds = targetsToThresholds({ requestsPerSecond: 1, p95: "500ms" });
    assert.deepEqual(
      thresholds.map(({ metric }) => metric),
      ["requests", "response_time"],
    );
  });

  test("are read from the command line", () => {
    assert.deepEqual(parseTarget("p95=300ms"), { p95: "300ms" });
    assert.deepEqual(parseTarget(" errorRate = 2% "), { errorRate: "2%" });
    assert.deepEqual(parseTarget("requestsPerSecond=500"), { requestsPerSecond: 500 });
    assert.deepEqual(parseTarget("concurrentUsers=50"), { concurrentUsers: 50 });
  });

  for (const [text, message] of refused) {
    test(`refuse ${text}`, () => {
      assert.throws(
        () => parseTarget(text),
        (error) => {
          assert(error instanceof ConfigurationError);
          assert.match(error.message, message);
          assert(!error.message.includes("\n"));
          return true;
        },
      );
    });
  }

  test("refuse a bare number, which JavaScript test files can pass", () => {
    assert.throws(() => targetsToThresholds({ p95: 500 } as unknown as Targets), /target p95: .*found 500/);
    assert.throws(
      () => targetsToThresholds({ errorRate: 0.01 } as unknown as Targets),
      /target errorRate: .*found 0.01/,
    );
    assert.throws(() => targetsToThresholds({ requestsPerSecond: "5" } as unknown as Targets), ConfigurationError);
  });
});
