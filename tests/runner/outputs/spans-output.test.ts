import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { forgetSecrets, keepSecret } from "../../../src/core/redaction/known-secrets.ts";
import type { RequestRow } from "../../../src/protocol/request-rows.ts";
import type { StartedRun } from "../../../src/runner/outputs/run-output.ts";
import { SpansOutput } from "../../../src/runner/outputs/spans-output.ts";
import { OtlpReceiver } from "../../support/servers/otlp-receiver.ts";

const row: RequestRow = {
  ...{ atMs: 1_500.25, user: 5, scenario: "shop", className: "Buyer", group: "" },
  ...{ method: "GET", name: "/jobs/:id", url: "http://127.0.0.1:1/jobs/7", status: 200, failure: "", error: "" },
  ...{ serviceMs: 1.5, responseMs: 2, phasesMs: [0, 0, 0, 0, 1, 0.5], bytesIn: 10, bytesOut: 20 },
  ...{ traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", isSampled: true, isLogged: false },
};
const failed = { ...row, traceId: `${"0".repeat(31)}1`, status: 503, failure: "5xx", error: "busy", group: "a::b" };

/** What the output needs of a run, which began at the start of 2026. */
const started = {
  definition: { runId: "r", testName: "t", resolved: { profile: "p", host: "http://127.0.0.1:1" } },
  master: { outcomeSoFar: { startedAt: new Date("2026-01-01T00:00:00.000Z") } },
} as unknown as StartedRun;

test("a sampled request is a span, as OpenTelemetry decodes it; no other is", async (t) => {
  const receiver = await OtlpReceiver.start(t);
  const output = new SpansOutput({ otlp: receiver.url }, {}, pino({ level: "silent" }));
  t.after(() => output.close());
  output.begin(started);
  await output.requests(2, [row, { ...row, isSampled: false, isLogged: true }], 0);
  await output.requests(3, [failed], 4);
  assert.match((await output.settle()).join(), /^--otlp \S+ \(spans\): up to 4 requests have no span/);
  const startMicros = Date.UTC(2026, 0, 1) * 1_000 + 1_500_250;
  const place = {
    "http.request.method": "GET",
    "url.full": row.url,
    "muster.scenario": "shop",
    "muster.class": "Buyer",
  };
  const rest = { "muster.user": 5, "muster.response_time_ms": 2 };
  const [first, second, ...others] = receiver.spans;
  assert.deepEqual(others, []);
  // Nanoseconds since 1970 are beyond the whole numbers of a double.
  assert.ok(Math.abs((first?.startTimeUnixNano ?? 0) / 1_000 - startMicros) < 1);
  assert.ok(Math.abs((first?.endTimeUnixNano ?? 0) / 1_000 - startMicros - 1_500) < 1);
  assert.deepEqual(
    [first?.traceId, first?.spanId, first?.name, first?.kind, first?.status],
    [row.traceId, row.spanId, "GET /jobs/:id", 3, undefined],
  );
  assert.deepEqual(first?.attributes, { ...place, "http.response.status_code": 200, "muster.worker": 2, ...rest });
  assert.deepEqual([second?.traceId, second?.status?.code, second?.status?.message], [failed.traceId, 2, "busy"]);
  const ofFailure = { "http.response.status_code": 503, "error.type": "5xx", "muster.group": "a::b" };
  assert.deepEqual(second?.attributes, { ...place, ...ofFailure, "muster.worker": 3, ...rest });
});

test("spans have no known secrets, and their encoding lets other work in", async (t) => {
  t.after(() => forgetSecrets());
  keepSecret("s3cret-group");
  const receiver = await OtlpReceiver.start(t);
  const output = new SpansOutput({ otlp: receiver.url }, {}, pino({ level: "silent" }));
  t.after(() => output.close());
  output.begin(started);
  const many = Array.from({ length: 2_500 }, () => ({ ...failed, group: "s3cret-group", error: "s3cret-group" }));
  let isDone = false;
  let turns = 0;
  const count = () => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const taken = output.requests(1, many, 0).then(() => {
    isDone = true;
  });
  await output.settle();
  await taken;
  // The 2,500 spans take a multiple of a slice, on any machine.
  assert.ok(turns > 1, String(turns));
  assert.equal(receiver.spans.length, 2_500);
  assert.ok(
    receiver.spans.every(({ attributes, status }) => attributes["muster.group"] === "***" && status?.message === "***"),
  );
});
