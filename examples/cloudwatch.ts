/**
 * Observes an AWS API Gateway service by CloudWatch while it is loaded, and fails when its table throttles:
 *
 *     AWS_REGION=eu-west-1 muster run examples/cloudwatch.ts --host=https://abc123.execute-api.eu-west-1.amazonaws.com/prod
 *
 * CloudWatch has values of whole minutes, one to three minutes late: run for at least five minutes. The identity needs
 * `cloudwatch:GetMetricData`. Each reading is one request, which costs as many metrics as it has queries.
 */
import { closed, defineTest, defineUser, env, observed } from "muster-load";
import { signedHeaders } from "muster-load/aws";

const region = env("AWS_REGION", "eu-west-1");
const endpoint = env("CLOUDWATCH_ENDPOINT", `https://monitoring.${region}.amazonaws.com`);
const stack = env("STACK", "plot-palette");
const periodSeconds = 60;

/** What is observed, by the id of its query. All but the times are 0 in a minute without data points. */
const queries = {
  // DynamoDB counts them by operation: the sum of all operations of the table.
  throttledRequests: {
    Expression: `SUM(SEARCH('{AWS/DynamoDB,TableName,Operation} MetricName="ThrottledRequests" TableName="${stack}-Jobs"', 'Sum', ${periodSeconds}))`,
    Period: periodSeconds,
  },
  concurrentExecutions: metric("AWS/Lambda", "ConcurrentExecutions", "Maximum", { FunctionName: `${stack}-ListJobs` }),
  lambdaThrottles: metric("AWS/Lambda", "Throttles", "Sum", { FunctionName: `${stack}-ListJobs` }),
  // Published by Lambda Insights.
  initDurationMs: metric("LambdaInsights", "init_duration", "Maximum", { function_name: `${stack}-ListJobs` }),
  api5xx: metric("AWS/ApiGateway", "5XXError", "Sum", { ApiName: stack }),
  apiLatencyMs: metric("AWS/ApiGateway", "Latency", "p95", { ApiName: stack }),
};

function metric(namespace: string, name: string, stat: string, dimensions: Readonly<Record<string, string>>) {
  const pairs = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: namespace, MetricName: name, Dimensions: pairs };
  return { MetricStat: { Metric, Period: periodSeconds, Stat: stat } };
}

interface MetricData {
  readonly MetricDataResults: readonly {
    readonly Id: string;
    readonly StatusCode: string;
    readonly Values: readonly number[];
  }[];
}

/** The newest value of each query in the last five minutes. */
async function readCloudWatch(signal: AbortSignal): Promise<Record<string, number | null>> {
  const now = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify({
    StartTime: now - 5 * periodSeconds,
    EndTime: now,
    ScanBy: "TimestampDescending",
    MetricDataQueries: Object.entries(queries).map(([Id, query]) => ({ Id, ...query })),
  });
  const headers = {
    accept: "application/json",
    "content-encoding": "amz-1.0",
    "content-type": "application/json",
    "x-amz-target": "GraniteServiceVersion20100801.GetMetricData",
  };
  const url = `${endpoint}/`;
  const signed = signedHeaders({ url, headers, body }, { service: "monitoring", region });
  const response = await fetch(url, { method: "POST", headers: signed, body, signal, redirect: "error" });
  if (!response.ok) throw new Error(`CloudWatch: status ${response.status}: ${(await response.text()).slice(0, 200)}`);
  const { MetricDataResults: results } = (await response.json()) as MetricData;
  const refused = results.find(({ StatusCode }) => StatusCode === "Forbidden" || StatusCode === "InternalError");
  if (refused !== undefined) throw new Error(`CloudWatch: ${refused.Id} is ${refused.StatusCode}`);
  return Object.fromEntries(
    Object.keys(queries).map((id) => {
      const [newest] = results.find(({ Id }) => Id === id)?.Values ?? [];
      // A time that nobody measured is none; nothing that was counted is 0.
      return [id, newest ?? (id.endsWith("Ms") ? null : 0)];
    }),
  );
}

const visitor = defineUser({
  name: "Visitor",
  tasks: { "list jobs": (vu) => vu.http.get("/jobs") },
});

export default defineTest({
  host: env("API_ENDPOINT", "http://127.0.0.1:8000"),
  users: [visitor],
  load: closed({ users: 50, spawnRate: 5, duration: "10m" }),
  observe: {
    aws: observed(({ signal }) => readCloudWatch(signal), { every: env("CLOUDWATCH_EVERY", "30s") }),
  },
  thresholds: {
    "observed{name:aws.throttledRequests}": "max<1",
    "observed{name:aws.lambdaThrottles}": "max<1",
  },
});
