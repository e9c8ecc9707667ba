import assert from "node:assert/strict";
import { test } from "node:test";
import { metricNamesAndAliases } from "../../../src/core/thresholds/metrics.ts";
import { parseSelector } from "../../../src/core/thresholds/selector.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";

/** Metrics of other tools that muster does not have, and what its error has to name. */
const cases: readonly (readonly [name: string, advice: RegExp])[] = [
  ["vus_max", /use users/],
  ["ws_connecting", /"response_time\{name:connect \/chat\}": "p\(95\)<500"/],
  ["ws_session_duration", /"response_time\{name:session \/chat\}": "p\(95\)<60000"/],
  ["ws_sessions", /"requests\{name:connect \/chat\}": "count>100"/],
  ["ws_ping", /"response_time\{name:ping \/chat\}": "p\(95\)<100"/],
  ["grpc_req_duration", /use response_time of the call/],
  ["browser_web_vital_lcp", /muster measures HTTP requests/],
  ["http.response_time.p95", /response_time: "p\(95\)<500"/],
  ["http.response_time.p999", /response_time: "p\(99\.9\)<500"/],
  ["http.response_time.median", /response_time: "med<500"/],
  ["http.codes.200", /"requests\{status:200\}": "count<5"/],
  ["http.codes.5xx", /"requests\{status:5xx\}": "count<5"/],
  ["http.request_rate", /requests: "rate>100"/],
  ["http.requests", /requests: "count>100"/],
  ["vusers.failed", /failed_iterations: "count<5"/],
  ["vusers.completed", /iterations: "count>100"/],
  ["errors.ETIMEDOUT", /failures: "count<5"/],
  ["fail_ratio", /failures: "rate<0\.01"/],
  ["error_rate", /failures: "rate<0\.01"/],
  ["total_rps", /requests: "rate>100"/],
  ["num_requests", /requests: "count>100"/],
  ["avg_response_time", /response_time: "avg<200"/],
  ["response_time_percentile_95", /response_time: "p\(95\)<500"/],
  ["p(95)", /response_time: "p\(95\)<500"/],
  ["ttfb", /waiting_time: "p\(95\)<500"/],
  ["vusers.session_length.p99", /iteration_duration: "p\(99\)<5000"/],
  ["global.responseTime.max", /response_time: "p\(95\)<500"/],
  ["global.successfulRequests.percent", /failures: "rate<0\.01"/],
  ["failedRequests", /failures: "count<5"/],
  ["success_rate", /failures: "rate<0\.01"/],
  ["p95", /response_time: "p\(95\)<500"/],
  ["user_count", /users: "max>=100"/],
];

for (const [name, advice] of cases) {
  test(`${name} is answered with what to write instead, which can be read`, () => {
    let message = "";
    assert.throws(
      () => parseSelector(name),
      (error: Error) => {
        message = error.message;
        return advice.test(message);
      },
      name,
    );
    for (const [, quoted, bare, expression = ""] of message.matchAll(/(?:"(\w+\{[^"]*)"|(\w+)): "([^"]*)"/g)) {
      parseThresholds({ [(quoted ?? bare) as string]: expression });
    }
  });
}

test("neither a metric of muster nor a slightly misspelt one is taken for another tool's", () => {
  for (const name of metricNamesAndAliases) assert.equal(parseSelector(name).metric.name.length > 0, true);
  assert.throws(() => parseSelector("failurs"), /did you mean "failures"/);
});
