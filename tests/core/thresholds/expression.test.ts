import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ThresholdError } from "../../../src/core/thresholds/cursor.ts";
import {
  type Aggregation,
  type Operator,
  parseExpression,
  printExpression,
} from "../../../src/core/thresholds/expression.ts";
import { findMetric } from "../../../src/core/thresholds/metrics.ts";
import { assertProperty } from "../../support/property.ts";

const accepted: [text: string, aggregation: Aggregation, operator: Operator, bound: number][] = [
  ["p(95)<500", { kind: "percentile", percentile: 95 }, "<", 500],
  ["p(99.9)>.5", { kind: "percentile", percentile: 99.9 }, ">", 0.5],
  [" p ( 0 ) >= 1. ", { kind: "percentile", percentile: 0 }, ">=", 1],
  ["p(100)<1e+21", { kind: "percentile", percentile: 100 }, "<", 1e21],
  ["avg <= 1e3", { kind: "avg" }, "<=", 1000],
  ["rate<0.01", { kind: "rate" }, "<", 0.01],
  ["count===0", { kind: "count" }, "===", 0],
  ["count==0", { kind: "count" }, "==", 0],
  ["med!=1.5", { kind: "med" }, "!=", 1.5],
  ["min>-2.5E-3", { kind: "min" }, ">", -0.0025],
  ["max<+1", { kind: "max" }, "<", 1],
  ["value>-0", { kind: "value" }, ">", 0],
];

const refused: [text: string, column: number, message: RegExp, metric?: string][] = [
  ["", 1, /expected one of avg, .*, found the end/],
  ["<500", 1, /expected one of avg, .*, found "<"/],
  ["p95<500", 1, /unknown aggregation "p95", did you mean p\(95\)\?/],
  ["p95th<5", 1, /did you mean p\(95\)\?/],
  ["mean<5", 1, /unknown aggregation "mean", did you mean avg\?/],
  ["median<5", 1, /did you mean med\?/],
  ["percentile(95)<5", 1, /did you mean p\(N\)\?/],
  [" agv<5", 2, /unknown aggregation "agv", did you mean avg\?/],
  ["stddev<5", 1, /expected one of avg, min, max, med, p\(N\), count, rate, value/],
  ["p<500", 2, /expected `\(` and a percentile, as in p\(95\), found "<"/],
  ["p()<500", 3, /expected a percentile from 0 to 100, found "\)"/],
  ["p(101)<500", 3, /from 0 to 100, found 101/],
  ["p(-1)<500", 3, /from 0 to 100, found "-"/],
  ["p(95<500", 5, /expected `\)`, found "<"/],
  ["avg", 4, /expected one of < <= > >= == === !=, found the end/],
  ["avg=5", 4, /found "="/],
  ["avg!==5", 4, /found "!"/],
  ["avg<<5", 5, /expected a number, found "<"/],
  ["avg<fast", 5, /expected a number, found "fast"/],
  ["avg<1e999", 5, /fits in 64 bits/],
  ["p(95)<500ms", 10, /expected the end \(a bound has no unit.*found "ms"/],
  ["rate<1%", 7, /found "%"/],
  ["avg<5 and more\n", 7, /found "and"/],
  ["rate<5", 6, /the rate of failures is a fraction, expected a number from 0 to 1/, "failures"],
  ["avg<5", 1, /requests is a counter and has no avg, expected one of count, rate$/, "requests"],
  ["p(95)<5", 1, /users is a gauge and has no p\(N\), expected one of value, max$/, "users"],
  ["rate<5", 1, /has no rate, expected one of avg, min, max, med, p\(N\), count$/, "response_time"],
  ["count<5", 1, /checks is a rate and has no count, expected one of rate$/, "checks"],
];

describe("an expression", () => {
  for (const [text, aggregation, operator, bound] of accepted) {
    test(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseExpression(text), { aggregation, operator, bound, source: text.trim() });
    });
  }

  for (const [text, column, message, metric] of refused) {
    test(`refuses ${JSON.stringify(text)}${metric === undefined ? "" : ` of ${metric}`} at column ${column}`, () => {
      assert.throws(
        () => parseExpression(text, metric === undefined ? undefined : findMetric(metric)),
        (error) => {
          assert(error instanceof ThresholdError);
          assert.equal(error.column, column);
          assert.equal(error.code, "bad-threshold");
          assert.equal(error.exitCode, 104);
          assert.match(error.message, message);
          assert(error.message.startsWith(`threshold ${JSON.stringify(text)}, column ${column}: `));
          assert(!error.message.includes("\n"));
          return true;
        },
      );
    });
  }

  test("counts failures, although they are a rate, with a bound above 1", () => {
    assert.equal(parseExpression("count<10", findMetric("failures")).bound, 10);
  });

  const aggregation = fc.oneof(
    fc.record({
      kind: fc.constant("percentile" as const),
      // Percentiles have no exponent form, which numbers below 1e-6 are printed in.
      percentile: fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1000),
    }),
    fc.record({ kind: fc.constantFrom("avg", "min", "max", "med", "count", "rate", "value") }),
  );
  const operator = fc.constantFrom<Operator>("<", "<=", ">", ">=", "==", "===", "!=");
  const bound = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

  test("survives printing and reading, in structure and in text", () => {
    assertProperty(
      fc.property(fc.record({ aggregation, operator, bound }, { noNullPrototype: true }), (generated) => {
        const text = printExpression(generated as { aggregation: Aggregation; operator: Operator; bound: number });
        const { source, ...read } = parseExpression(text);
        assert.equal(source, text);
        assert.equal(printExpression(read), text);
        assert.equal(JSON.stringify(read), JSON.stringify(generated));
      }),
    );
  });

  test("is parsed or refused with a ThresholdError, whatever the text", () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom("p(", "95", ")", "avg", "rate", "<", "<=", "=", "!=", ".", "e", "-", " ", "\n", "\u{1F600}"),
        fc.string({ unit: "binary" }),
      ),
    );
    assertProperty(
      fc.property(
        pieces.map((parts) => parts.join("")),
        (text) => {
          try {
            assert(Number.isFinite(parseExpression(text).bound));
          } catch (error) {
            assert(error instanceof ThresholdError);
            assert(error.column >= 1 && error.column <= text.length + 1);
          }
        },
      ),
      { factor: 0.3 },
    );
  });
});
