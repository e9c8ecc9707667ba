import assert from "node:assert/strict";
import { test } from "node:test";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun } from "../support/muster-process.ts";
import { SampleApi } from "../support/sample-api.ts";

test("a stall shows in the response times and hides from the service times of few users", async (t) => {
  const api = await SampleApi.start(t);
  await api.misbehave({ latencyMs: 5, stall: { forMs: 2_000, afterMs: 8_000 } });
  const { code, result } = await completedRun(t, [
    fixture("loads"),
    "--profile=stalled",
    "--workers=2",
    `--host=${api.url}`,
  ]);

  assert.equal(code, 0);
  await assertExact(result, api);
  assert.equal(result.iterations, 2_000);
  // Of 2,000 requests the worst 1 % are the 20 that came first in the stall: the 20th waited 2 s less 0.2 s.
  const expectedMs = 1_800;
  const responseP99 = result.total.responseTimeMs.percentiles["99"] ?? 0;
  const serviceP99 = result.total.serviceTimeMs.percentiles["99"] ?? 0;
  assert.ok(responseP99 > 1_500, `response time p99 ${responseP99} ms`);
  assert.ok(Math.abs(responseP99 - expectedMs) < 0.1 * expectedMs, `response time p99 ${responseP99} ms`);
  // Ten users made ten of the requests that the stall held back, half a percent.
  assert.ok(serviceP99 < 500, `service time p99 ${serviceP99} ms`);
  assert.ok((result.blockedTimeMs?.max ?? 0) > 1_500, "waiting for a free user is blocked time");
});
