import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { prometheusProgram } from "../../scripts/optional-tools.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { timeBounds } from "../../src/runner/metrics/histogram-buckets.ts";
import { samplesIn } from "../runner/metrics/prometheus-samples.ts";
import { dashboardQueries } from "../support/dashboard.ts";
import { deepTest } from "../support/depth.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun, MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { type LatestMetrics, OtlpReceiver } from "../support/servers/otlp-receiver.ts";
import { type Answer, PostReceiver } from "../support/servers/post-receiver.ts";
import { Prometheus } from "../support/servers/prometheus.ts";
import { unusedPort } from "../support/unused-port.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

const lingering = /waiting for Prometheus to read the final metrics/;

async function readResult(file: string): Promise<Result> {
  return await waitUntil("the result", async () => {
    return JSON.parse(await readFile(file, "utf8").catch(() => "null")) as Result | null;
  });
}

/** What was received by OTLP is what the result has. */
function assertSame(latest: LatestMetrics, result: Result): void {
  assert.equal(latest.sum("muster.requests"), result.total.requests);
  assert.equal(latest.sum("muster.request.failures"), result.total.failures);
  for (const { method, name, requests, bytesIn, responseTimeMs } of result.endpoints) {
    assert.equal(latest.point("muster.requests", { method, name }).value, requests);
    assert.equal(latest.point("muster.request.received", { method, name }).value, bytesIn);
    const {
      count,
      min,
      max,
      sum = 0,
      zeroCount = 0,
      positive,
    } = latest.point("muster.request.duration", { method, name });
    assert.equal(count, requests);
    // Both are whole microseconds.
    assert.equal(Math.round((min ?? 0) * 1e6), Math.round(responseTimeMs.min * 1e3));
    assert.equal(Math.round((max ?? 0) * 1e6), Math.round(responseTimeMs.max * 1e3));
    assert.ok(Math.abs(sum / requests - responseTimeMs.mean / 1_000) < 1e-6, `${name}: ${sum}`);
    assert.equal(zeroCount + (positive?.bucketCounts.reduce((all, one) => all + one, 0) ?? 0), requests);
  }
  const iterations = latest.point("muster.iterations", { outcome: "completed" }).value ?? 0;
  assert.equal(iterations + (latest.point("muster.iterations", { outcome: "failed" }).value ?? 0), result.iterations);
}

test("a run is read by Prometheus, sent by OTLP and told to a webhook, and all have the figures of the result", async (t) => {
  const api = await freshApi();
  const otlp = await OtlpReceiver.start(t);
  const webhook = await PostReceiver.start(t);
  const run = await MusterRun.start(
    t,
    [
      ...["run", fixture("sliced"), `--host=${api.url}`, "--workers=2"],
      ...["--prometheus=127.0.0.1:0", "--prometheus-linger=1h", "--metrics-interval=1s"],
      ...[`--otlp=${otlp.url}`, "--otlp-header=x-api-key=s3cret-k3y", `--webhook=${webhook.url}/hooks/s3cret-p4th`],
    ],
    { OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=shop" },
  );
  const [, url = ""] = await run.errorOutput(/Prometheus can read the metrics at (http:[^"\s]+)/);
  assert.equal((await fetch(url)).headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  await run.errorOutput(lingering);
  const result = await readResult(run.resultFile);
  const text = await (await fetch(url)).text();
  assert.equal((await run.ended()).code, 0, run.stderr);

  const samples = samplesIn(text);
  const of = { run: result.run.id };
  assert.equal(samples.sum("muster_requests_total"), 101);
  for (const { method, name, requests } of result.endpoints) {
    assert.equal(samples.value("muster_requests_total", { ...of, method, name }), requests);
    assert.equal(samples.value("muster_request_duration_seconds_count", { ...of, method, name }), requests);
  }
  assert.equal(samples.value("muster_own_counter_total", { ...of, metric: "orders" }), 80);
  assert.equal(samples.value("muster_own_rate_held_total", { ...of, metric: "even" }), 20);
  assert.equal(samples.value("muster_own_trend_count", { ...of, metric: "cart_size" }), 40);
  assert.equal(samples.value("muster_own_trend_bucket", { ...of, metric: "cart_size", le: "5" }), 20);
  assert.equal(samples.sum("muster_iterations_total", { outcome: "completed" }), result.iterations);
  assert.equal(samples.sum("muster_worker_requests_total"), 101);
  assert.deepEqual([samples.sum("muster_users"), samples.sum("muster_class_users")], [0, 0]);
  assert.equal(samples.value("muster_run_verdict", { ...of, verdict: "passed" }), 1);
  const expected = new Set(result.thresholds.map(({ metric, expression }) => `${metric} ${expression}`)).size;
  assert.equal(samples.sum("muster_threshold_passed"), expected);

  assertSame(otlp.latest, result);
  assert.equal(otlp.latest.point("muster.own.counter", { metric: "orders" }).value, 80);
  const [{ headers }] = otlp.http.posts as [(typeof otlp.http.posts)[0]];
  assert.deepEqual([headers["x-api-key"], headers["x-tenant"]], ["s3cret-k3y", "shop"]);
  assert.equal(otlp.metrics[0]?.resource["muster.run.id"], result.run.id);

  const messages = webhook.texts.map((one) => JSON.parse(one) as { event: string; result?: { requests: number } });
  assert.deepEqual([messages[0]?.event, messages.at(-1)?.event], ["start", "end"]);
  assert.equal(messages.at(-1)?.result?.requests, 101);
  const said = run.stdout + run.stderr + JSON.stringify(result) + text;
  assert.doesNotMatch(said, /s3cret/);
});

deepTest(
  "a real Prometheus scrapes a run and takes its remote writes: its counters and its p95 are those of the result",
  async (t) => {
    if (prometheusProgram() === null) return t.skip("prometheus is not installed");
    const api = await freshApi({ latencyMs: 20 });
    const port = await unusedPort();
    const prometheus = await Prometheus.start(t, `127.0.0.1:${port}`);
    const { code, result } = await completedRun(t, [
      ...[fixture("plot-palette-quick"), `--host=${api.url}`, "--workers=2", "--target=p95=1m", "--target=p50=1m"],
      ...[`--prometheus=127.0.0.1:${port}`, "--prometheus-linger=1h", "--metrics-interval=1s"],
      `--prometheus-remote-write=${prometheus.remoteWriteUrl}`,
    ]);
    assert.deepEqual([code, result.warnings], [0, []]);
    const ofScrape = `{run="${result.run.id}",job="muster"}`;
    const ofRemoteWrite = `{run="${result.run.id}",job=""}`;
    for (const source of [ofScrape, ofRemoteWrite]) {
      // A target that has ended is stale at once; the last values are those of the last scrape.
      const last = (metric: string) => `last_over_time(${metric}${source}[1h])`;
      await waitUntil(
        `the final values of ${source}`,
        async () => (await prometheus.query(last("muster_run_verdict"))).length > 0,
      );
      for (const { method, name, requests } of result.endpoints) {
        const labels = source.replace("}", `,method="${method}",name="${name}"}`);
        assert.equal(await prometheus.value(`last_over_time(muster_requests_total${labels}[1h])`), requests, labels);
      }
      assert.equal(await prometheus.value(`sum(${last("muster_requests_total")})`), result.total.requests);
      assert.equal(
        await prometheus.value(`sum(${last("muster_request_duration_seconds_count")})`),
        result.total.requests,
      );
      assert.equal(
        await prometheus.value(`sum(${last("muster_iterations_total")}) - 0`),
        result.iterations + result.interruptedIterations + result.droppedIterations,
      );
      const p95 = await prometheus.value(
        `histogram_quantile(0.95, sum by (le) (${last("muster_request_duration_seconds_bucket")}))`,
      );
      assertWithinOneBucket(p95 ?? 0, (result.total.responseTimeMs.percentiles["95"] ?? 0) / 1_000);
    }
    await assertDashboard(prometheus, result);
  },
);

/** Each query is valid, and those of every run have data at its end. */
async function assertDashboard(prometheus: Prometheus, { run }: Result): Promise<void> {
  const atMs = Date.parse(run.startedAt) + run.durationMs;
  const withData: string[] = [];
  for (const { panel, expression } of await dashboardQueries()) {
    const query = expression
      .replaceAll("$run", run.id)
      .replaceAll("$endpoint", ".*")
      .replaceAll("$__rate_interval", "1m");
    if ((await prometheus.query(query, atMs)).length > 0) withData.push(panel);
  }
  for (const panel of ["Users", "Requests per second", "Response times", "p95 by endpoint", "CPU cores", "Memory"]) {
    assert.ok(withData.includes(panel), `${panel} is not in ${withData}`);
  }
}

/** Prometheus interpolates within the bucket of the percentile. */
function assertWithinOneBucket(seconds: number, ours: number): void {
  const bucketOf = (value: number) => timeBounds.findIndex((bound) => value <= bound);
  assert.ok(Math.abs(bucketOf(seconds) - bucketOf(ours)) <= 1, `${seconds} s of Prometheus, ${ours} s in the result`);
}

const broken: readonly (readonly [what: string, answer: Answer, fault: RegExp])[] = [
  ["never answers", () => {}, /no answer (before the run ended|within 10 s)/],
  ["refuses with 401", (response) => response.writeHead(401).end("who are you?"), /HTTP 401/],
  ["asks to wait for an hour", (response) => response.writeHead(503, { "retry-after": "3600" }).end(), /HTTP 503/],
];

for (const [what, answer, fault] of broken) {
  deepTest(`a receiver that ${what} changes nothing in a run but a warning in its result`, async (t) => {
    const api = await freshApi();
    const receiver = await PostReceiver.start(t, answer);
    const { code, result, run } = await completedRun(t, [
      ...[fixture("sliced"), `--host=${api.url}`, "--workers=2", "--metrics-interval=1s"],
      ...[`--otlp=${receiver.url}`, `--prometheus-remote-write=${receiver.url}`, `--webhook=${receiver.url}`],
    ]);
    assert.equal(code, 0);
    assert.equal(result.total.requests, 101);
    assert.equal((await api.counts()).total, 101);
    assert.equal(result.warnings.length, 3, String(result.warnings));
    for (const flag of ["--otlp", "--prometheus-remote-write", "--webhook"]) {
      const [warning = ""] = result.warnings.filter((text) => text.startsWith(`${flag} ${receiver.url}`));
      assert.match(warning, /nothing was delivered/);
      assert.match(warning, fault);
      // What a webhook answers can repeat its URL, which is a secret.
      if (fault.source === "HTTP 401") assert.equal(warning.includes("who are you?"), flag !== "--webhook", warning);
    }
    assert.match(run.stdout, /nothing was delivered/);
  });
}

deepTest(
  "a receiver that is killed and started again in the middle of a run gets the figures of the result",
  async (t) => {
    const api = await freshApi();
    const otlp = await OtlpReceiver.start(t);
    const words = [
      "run",
      fixture("plot-palette-quick"),
      `--host=${api.url}`,
      "--run-time=10s",
      "--target=p95=1m",
      "--target=p50=1m",
    ];
    const run = await MusterRun.start(t, [...words, `--otlp=${otlp.url}`, "--metrics-interval=1s"]);
    await waitUntil("the first metrics", () => otlp.http.posts.length > 0);
    await otlp.http.crash();
    await run.errorOutput(/--otlp http\S+: \w+; it is tried again, and the run is not affected/);
    await otlp.http.restart();
    const { result } = await run.finished();
    assertSame(otlp.latest, result);
    assert.deepEqual(result.warnings, []);
  },
);

deepTest(
  "a webhook is told of a threshold that fails so far and of a lost worker, in Slack's form if that is asked for",
  async (t) => {
    const api = await freshApi();
    const webhook = await PostReceiver.start(t);
    const run = await MusterRun.start(t, [
      ...["run", fixture("plot-palette-quick"), `--host=${api.url}`, "--workers=2", "--run-time=1m"],
      ...["--target=p95=0.001ms", `--webhook=${webhook.url}`, "--webhook-format=slack"],
    ]);
    const [pid = 0] = await run.workerPids(2);
    const told = (text: RegExp) => waitUntil(String(text), () => webhook.texts.some((one) => text.test(one)));
    await told(/has started/);
    await told(/:warning: .*so far, p95 was /);
    process.kill(pid, "SIGKILL");
    await told(/:warning: .*worker \d+ .*was lost after/);
    run.kill("SIGTERM");
    const { code } = await run.finished();
    assert.equal(code, 105);
    const last = JSON.parse(webhook.texts.at(-1) ?? "{}") as { text: string; blocks: unknown[] };
    assert.match(last.text, /^:octagonal_sign: \*plot-palette\* \(quick\): the run was aborted: stopped by SIGTERM/);
    assert.equal(last.blocks.length, 1);
  },
);

test("a port that is in use is refused before the run, and so is a value that is no address", async (t) => {
  const taken = await PostReceiver.start(t);
  const address = taken.url.replace("http://", "");
  const words = ["run", fixture("sliced"), "--host=http://127.0.0.1:1"];
  const inUse = await MusterRun.start(t, [...words, `--prometheus=${address}`]);
  assert.equal((await inUse.ended()).code, 104);
  assert.match(inUse.stderr, /--prometheus 127\.0\.0\.1:\d+: the port is in use; choose another/);
  const swallowed = await MusterRun.start(t, ["run", "--prometheus", fixture("sliced"), "--host=http://127.0.0.1:1"]);
  assert.equal((await swallowed.ended()).code, 104);
  assert.match(swallowed.stderr, /Expected ADDRESS:PORT.*write the flag after the test/);
});
