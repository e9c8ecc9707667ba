import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { deepTest } from "../support/depth.ts";
import { MusterRun } from "../support/muster-process.ts";
import { waitUntil } from "../support/wait-until.ts";
import { sigV4Server } from "../worker/http/course/sigv4-server.ts";
import { TestServer } from "../worker/http/fixture.ts";

const example = fileURLToPath(new URL("../../examples/cloudwatch.ts", import.meta.url));

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: { readonly MetricName: string; readonly Namespace: string } };
}

/** CloudWatch's documented answers: the newest value first, and no values for a metric without data points. */
class FakeCloudWatch {
  readonly queries = new Map<string, string>();
  throttled = 0;
  requests = 0;

  readonly answer = (headers: Readonly<Record<string, string[] | undefined>>, body: string): string => {
    assert.deepEqual(headers["x-amz-target"], ["GraniteServiceVersion20100801.GetMetricData"]);
    assert.deepEqual(headers["content-encoding"], ["amz-1.0"]);
    this.requests++;
    const { MetricDataQueries, StartTime, EndTime } = JSON.parse(body);
    assert.ok(EndTime - StartTime === 300 && Math.abs(EndTime - Date.now() / 1_000) < 60);
    const results = (MetricDataQueries as Query[]).map(({ Id, Expression, MetricStat }) => {
      const { Namespace = "", MetricName = "" } = MetricStat?.Metric ?? {};
      this.queries.set(Id, Expression ?? `${Namespace} ${MetricName}`);
      const values: Readonly<Record<string, readonly number[]>> = {
        throttledRequests: this.throttled === 0 ? [] : [this.throttled, 0],
        concurrentExecutions: [12, 9],
        apiLatencyMs: [148.5, 120],
      };
      const Values = values[Id] ?? [];
      return { Id, Label: Id, StatusCode: "Complete", Timestamps: Values.map((_, at) => EndTime - at * 60), Values };
    });
    return JSON.stringify({ MetricDataResults: results, Messages: [] });
  };
}

test("throttles that CloudWatch reports fail the run, and are named", async (t) => {
  const cloudWatch = new FakeCloudWatch();
  const { server, refusals } = await sigV4Server("AKID", "secret/+key", "eu-west-1", "monitoring", cloudWatch.answer);
  await using _ = server;
  await using api = await TestServer.http((_request, response) => response.end("[]"));
  const env = {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "AKID",
    AWS_SECRET_ACCESS_KEY: "secret/+key",
    CLOUDWATCH_ENDPOINT: server.url,
    CLOUDWATCH_EVERY: "1s",
  };
  const run = await MusterRun.start(t, ["run", example, `--host=${api.url}`, "--users=2", "--run-time=10m"], env);
  await waitUntil("two readings", () => cloudWatch.requests >= 2);
  cloudWatch.throttled = 7;
  const before = cloudWatch.requests;
  await waitUntil("another reading, which has been taken", () => cloudWatch.requests >= before + 2);
  run.kill("SIGINT");
  const { result } = await run.finished();
  assert.deepEqual(refusals, []);
  const metrics = new Map(result.observed?.metrics.map((one) => [one.name, one]));
  assert.deepEqual(
    [...metrics.keys()].toSorted(),
    ["api5xx", "apiLatencyMs", "concurrentExecutions", "lambdaThrottles", "throttledRequests"].map(
      (one) => `aws.${one}`,
    ),
  );
  const throttled = metrics.get("aws.throttledRequests");
  assert.deepEqual([throttled?.min, throttled?.max], [0, 7]);
  assert.deepEqual([metrics.get("aws.apiLatencyMs")?.last, metrics.get("aws.concurrentExecutions")?.max], [148.5, 12]);
  const threshold = result.thresholds.find(({ metric }) => metric === "observed{name:aws.throttledRequests}");
  assert.deepEqual([threshold?.passed, threshold?.value], [false, 7]);
  assert.match(
    cloudWatch.queries.get("throttledRequests") ?? "",
    /MetricName="ThrottledRequests" TableName="plot-palette-Jobs"/,
  );
  assert.deepEqual(
    ["initDurationMs", "api5xx", "apiLatencyMs"].map((id) => cloudWatch.queries.get(id)),
    ["LambdaInsights init_duration", "AWS/ApiGateway 5XXError", "AWS/ApiGateway Latency"],
  );
  assert.match(run.stdout, /aws\.throttledRequests/);
});

deepTest(
  "an identity that CloudWatch refuses makes the run invalid, with its answer and without the key",
  async (t) => {
    const { server } = await sigV4Server("AKID", "another secret", "eu-west-1", "monitoring");
    await using _ = server;
    await using api = await TestServer.http((_request, response) => response.end("[]"));
    const env = {
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKID",
      AWS_SECRET_ACCESS_KEY: "secret/+key",
      CLOUDWATCH_ENDPOINT: server.url,
    };
    const run = await MusterRun.start(t, ["run", example, `--host=${api.url}`, "--users=2", "--run-time=2s"], env);
    const { code, result } = await run.finished();
    assert.deepEqual([code, result.verdict], [110, "invalid"]);
    assert.match(
      result.reasons[0] ?? "",
      /max of observed aws\.throttledRequests < 1 could not be judged: the source aws/,
    );
    assert.match(result.reasons[0] ?? "", /CloudWatch: status 403/);
    assert.doesNotMatch(run.stdout + run.stderr + JSON.stringify(result), /secret\/\+key/);
  },
);
