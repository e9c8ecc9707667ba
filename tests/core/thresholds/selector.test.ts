import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ThresholdError } from "../../../src/core/thresholds/cursor.ts";
import { declaredMetric, metricNames } from "../../../src/core/thresholds/metrics.ts";
import { meets, parseSelector } from "../../../src/core/thresholds/selector.ts";
import { assertProperty } from "../../support/property.ts";

const own = [declaredMetric({ name: "cart_size", kind: "trend" })];

/** A value that begins with `!` is negated. */
const accepted: [text: string, metric: string, tags: Readonly<Record<string, string>>][] = [
  ["response_time", "response_time", {}],
  ["  response_time  ", "response_time", {}],
  ["response_time{name:/jobs/:id}", "response_time", { name: "/jobs/:id" }],
  [" failures { name : /jobs , method : POST } ", "failures", { name: "/jobs", method: "POST" }],
  ['requests{name:"/a,{b}",method:GET}', "requests", { name: "/a,{b}", method: "GET" }],
  ["requests{name:' it\"s '}", "requests", { name: ' it"s ' }],
  ["checks{check:created}", "checks", { check: "created" }],
  ["checks{check:night:1}", "checks", { check: "night:1" }],
  ["requests{status:200}", "requests", { status: "200" }],
  ["failures{scenario:night, class:Buyer}", "failures", { scenario: "night", class: "Buyer" }],
  ["response_time{kind:search}", "response_time", { kind: "search" }],
  ["response_time{name!=/health}", "response_time", { name: "!/health" }],
  ["response_time{ name != '/a,b' , kind != x }", "response_time", { name: "!/a,b", kind: "!x" }],
  ["requests{status!=404,status!=2xx}", "requests", { status: "!2xx" }],
  ["checks{check!=created}", "checks", { check: "!created" }],
  ["cart_size", "cart_size", {}],
  // k6's names
  ["http_req_duration{name:/jobs}", "response_time", { name: "/jobs" }],
  ["http_reqs", "requests", {}],
  ["http_req_failed", "failures", {}],
  ["iterations", "iterations", {}],
  ["dropped_iterations", "dropped_iterations", {}],
  ["http_req_waiting{name:/jobs}", "waiting_time", { name: "/jobs" }],
  ["http_req_tls_handshaking", "tls_time", {}],
  ["iteration_duration{class:Buyer,task:pay}", "iteration_duration", { class: "Buyer", task: "pay" }],
  ["checks{kind:search,scenario:buy}", "checks", { kind: "search", scenario: "buy" }],
  ["cart_size{plan:gold,name!=x}", "cart_size", { plan: "gold", name: "!x" }],
  ["vus", "users", {}],
  ["data_received", "bytes_in", {}],
  ["data_sent", "bytes_out", {}],
];

const refused: [text: string, column: number, message: RegExp][] = [
  ["", 1, /expected a metric's name, found the end/],
  ["{name:x}", 1, /expected a metric's name, found "\{"/],
  [" respnse_time", 2, /unknown metric "respnse_time", did you mean "response_time"\?/],
  ["http_req_duratoin", 1, /did you mean "http_req_duration"\?/],
  [
    "constructor",
    1,
    /unknown metric "constructor", expected one of response_time, service_time, .*receiving_time, cart_size$/,
  ],
  ["requests{}", 10, /expected a tag's name, found "\}"/],
  ["requests{statsu:200}", 10, /unknown tag "statsu", did you mean "status"\?/],
  ["requests{nam:x}", 10, /unknown tag "nam", did you mean "name"\?/],
  ["iteration_duration{name:x}", 20, /unknown tag "name", iteration_duration has the tags scenario, class, task$/],
  ["cart_size{check:x}", 11, /unknown tag "check"/],
  ["cart_sise", 1, /unknown metric "cart_sise", did you mean "cart_size"\?/],
  ["requests{name}", 14, /expected `:` or `!=` and the tag's value, found "\}"/],
  ["requests{name=x}", 14, /expected `:` or `!=` and the tag's value, found "="/],
  ["requests{name!=}", 16, /expected the tag's value, found "\}"/],
  ["requests{name:}", 15, /expected the tag's value, found "\}"/],
  ["requests{name:x", 16, /expected `,` or `\}`, found the end/],
  ['requests{name:"x}', 15, /expected the tag's value, found "\\""/],
  ['requests{name:"x"y}', 18, /expected `,` or `\}`, found "y"/],
  ["requests{name:x,}", 17, /expected a tag's name, found "\}"/],
  ["requests{name:x,name:y}", 17, /the tag "name" is given twice/],
  [
    "requests{check:created}",
    10,
    /unknown tag "check", requests has the tags name, method, scenario, class, status, group, hook$/,
  ],
  ["requests{name:/jobs/{id}}", 25, /expected the end \(.*quote a value that contains , or \}\), found "\}"/],
  ["users{name:x}", 7, /unknown tag "name", users has no tags$/],
  ["iterations{name:x}", 12, /unknown tag "name", iterations has no tags$/],
  ["requests p(95)", 10, /expected the end/],
];

describe("a selector", () => {
  for (const [text, metric, tags] of accepted) {
    test(`reads ${text}`, () => {
      const selector = parseSelector(text, own);
      assert.equal(selector.metric.name, metric);
      assert.deepEqual(
        Object.fromEntries(selector.conditions.map(({ tag, value, isNot }) => [tag, isNot ? `!${value}` : value])),
        tags,
      );
    });
  }

  for (const [text, column, message] of refused) {
    test(`refuses ${JSON.stringify(text)} at column ${column}`, () => {
      assert.throws(
        () => parseSelector(text, own),
        (error) => {
          assert(error instanceof ThresholdError);
          assert.match(error.message, message);
          assert.equal(error.column, column);
          return true;
        },
      );
    });
  }

  test("is parsed or refused with a ThresholdError, whatever the text", () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          "checks",
          "vus",
          "{",
          "}",
          ":",
          ",",
          '"',
          "'",
          " ",
          "!=",
          "name",
          "method",
          "check",
          ...metricNames,
        ),
        fc.string({ unit: "binary" }),
      ),
    );
    assertProperty(
      fc.property(
        pieces.map((parts) => parts.join("")),
        (text) => {
          try {
            parseSelector(text, own);
          } catch (error) {
            assert(error instanceof ThresholdError);
            assert(error.column >= 1 && error.column <= text.length + 1);
          }
        },
      ),
    );
  });

  test("gives back any quoted value", () => {
    assertProperty(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        fc.pre(!value.includes('"'));
        assert.equal(parseSelector(`requests{name:"${value}"}`).conditions[0]?.value, value);
      }),
    );
  });
});

test("a condition is met by its value or, with !=, by any other or none; a status also by its class", () => {
  const one = (tag: string, value: string, isNot = false) => ({ tag, value, isNot });
  assert.equal(meets(one("kind", "a"), "a"), true);
  assert.equal(meets(one("kind", "a"), undefined), false);
  assert.equal(meets(one("kind", "a", true), undefined), true);
  assert.equal(meets(one("kind", "4xx"), "404"), false);
  assert.equal(meets(one("status", "4xx"), "404"), true);
  assert.equal(meets(one("status", "4xx"), "0"), false);
  assert.equal(meets(one("status", "2xx", true), "204"), false);
  assert.equal(meets(one("status", "204"), "204"), true);
});

test("a value that is longer than any name in a report is refused, with the limit", () => {
  assert.equal(parseSelector(`response_time{name:/${"x".repeat(999)}}`).conditions[0]?.value.length, 1_000);
  assert.throws(
    () => parseSelector(`response_time{name:/${"x".repeat(1_000)}}`),
    /^ThresholdError: threshold "response_time\{name:\/x{200,}…", column 20: the value of name has 1001 characters; at most 1000 are possible$/,
  );
});
