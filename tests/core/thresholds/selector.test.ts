import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { metricNames } from "../../../src/core/thresholds/metrics.ts";
import { parseSelector, type Selector } from "../../../src/core/thresholds/selector.ts";
import { ThresholdError } from "../../../src/core/thresholds/threshold-error.ts";

const accepted: [text: string, metric: string, tags: Selector["tags"]][] = [
  ["response_time", "response_time", {}],
  ["  response_time  ", "response_time", {}],
  ["response_time{name:/jobs/:id}", "response_time", { name: "/jobs/:id" }],
  [" failures { name : /jobs , method : POST } ", "failures", { name: "/jobs", method: "POST" }],
  ['requests{name:"/a,{b}",method:GET}', "requests", { name: "/a,{b}", method: "GET" }],
  ["requests{name:' it\"s '}", "requests", { name: ' it"s ' }],
  ["checks{check:created}", "checks", { check: "created" }],
  ["checks{check:night:1}", "checks", { check: "night:1" }],
  // k6's names
  ["http_req_duration{name:/jobs}", "response_time", { name: "/jobs" }],
  ["http_reqs", "requests", {}],
  ["http_req_failed", "failures", {}],
  ["iterations", "iterations", {}],
  ["dropped_iterations", "dropped_iterations", {}],
  ["vus", "users", {}],
  ["data_received", "bytes_in", {}],
  ["data_sent", "bytes_out", {}],
];

const refused: [text: string, column: number, message: RegExp][] = [
  ["", 1, /expected a metric's name, found the end/],
  ["{name:x}", 1, /expected a metric's name, found "\{"/],
  [" respnse_time", 2, /unknown metric "respnse_time", did you mean "response_time"\?/],
  ["http_req_duratoin", 1, /did you mean "http_req_duration"\?/],
  ["constructor", 1, /unknown metric "constructor", expected one of response_time, service_time, .*bytes_out$/],
  ["requests{}", 10, /expected a tag's name, found "\}"/],
  ["requests{status:200}", 10, /unknown tag "status", requests has the tags name, method$/],
  ["requests{name}", 14, /expected `:` and the tag's value, found "\}"/],
  ["requests{name!=x}", 14, /expected `:` and the tag's value, found "!"/],
  ["requests{name:}", 15, /expected the tag's value, found "\}"/],
  ["requests{name:x", 16, /expected `,` or `\}`, found the end/],
  ['requests{name:"x}', 15, /expected the tag's value, found "\\""/],
  ['requests{name:"x"y}', 18, /expected `,` or `\}`, found "y"/],
  ["requests{name:x,}", 17, /expected a tag's name, found "\}"/],
  ["requests{name:x,name:y}", 17, /the tag "name" is given twice/],
  ["requests{check:created}", 10, /unknown tag "check", requests has the tags name, method$/],
  ["requests{name:/jobs/{id}}", 25, /expected the end \(.*quote a value that contains , or \}\), found "\}"/],
  ["users{name:x}", 7, /unknown tag "name", users has no tags$/],
  ["iterations{name:x}", 12, /unknown tag "name", iterations has no tags$/],
  ["requests p(95)", 10, /expected the end/],
];

describe("a selector", () => {
  for (const [text, metric, tags] of accepted) {
    test(`reads ${text}`, () => {
      const selector = parseSelector(text);
      assert.equal(selector.metric.name, metric);
      assert.deepEqual(selector.tags, tags);
    });
  }

  for (const [text, column, message] of refused) {
    test(`refuses ${JSON.stringify(text)} at column ${column}`, () => {
      assert.throws(
        () => parseSelector(text),
        (error) => {
          assert(error instanceof ThresholdError);
          assert.match(error.message, message);
          assert.equal(error.column, column);
          return true;
        },
      );
    });
  }

  test("is read or refused by a ThresholdError, whatever the text", () => {
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
    fc.assert(
      fc.property(
        pieces.map((parts) => parts.join("")),
        (text) => {
          try {
            parseSelector(text);
          } catch (error) {
            assert(error instanceof ThresholdError);
            assert(error.column >= 1 && error.column <= text.length + 1);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test("gives back any quoted value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        fc.pre(!value.includes('"'));
        assert.equal(parseSelector(`requests{name:"${value}"}`).tags.name, value);
      }),
    );
  });
});
