import assert from "node:assert/strict";
import { test } from "node:test";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun } from "../support/muster-process.ts";
import { SampleApi } from "../support/sample-api.ts";

test("2 workers drive the API above 1,000 requests per second with the users of the heavy profile", async (t) => {
  const api = await SampleApi.start(t);
  const { code, result } = await completedRun(t, [
    fixture("plot-palette-no-pause"),
    "--workers=2",
    "--run-time=4s",
    `--host=${api.url}`,
  ]);
  const { requestsPerSecond, responseTimeMs, requests } = result.total;
  t.diagnostic(`${requests} requests, ${requestsPerSecond}/s, p95 ${responseTimeMs.percentiles["95"]} ms`);

  await assertExact(result, api);
  assert.deepEqual(result.reasons, []);
  assert.deepEqual([code, result.verdict], [0, "passed"]);
  assert.ok(requestsPerSecond > 1_000, `${requestsPerSecond} requests per second`);
  assert.deepEqual(
    result.thresholds.map(({ metric, expression, passed }) => [metric, expression, passed]),
    [
      ["response_time", "p(50)<200", true],
      ["response_time", "p(95)<500", true],
      ["response_time", "p(99)<1000", true],
      ["failures", "rate<0.01", true],
      ["requests", "rate>1000", true],
      ["users", "max>100", true],
    ],
  );
  assert.equal(result.peakUsers, 200);
  assert.equal(result.total.failures, 0);
});
