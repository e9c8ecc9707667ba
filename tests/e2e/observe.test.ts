import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { prometheusProgram } from "../../scripts/optional-tools.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { completedRun, MusterProcess, MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { Prometheus } from "../support/servers/prometheus.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";
import { unusedPort } from "../support/unused-port.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

/** A test of the sample API that observes it; `observe` and `thresholds` are code. */
async function testFile(
  t: Cleanup,
  observe: string,
  thresholds: string,
  load = "users: 10, total: 40",
): Promise<string> {
  const source = `import { defineTest, defineUser, env, iterations, json, observed, prometheus, promql } from "muster-load";
const url = env("METRICS_URL");
export default defineTest({
  users: [defineUser({ name: "User", tasks: { list: (vu) => vu.http.get("/jobs") } })],
  load: iterations({ ${load}, maxDuration: "1h" }),
  observe: { ${observe} },
  thresholds: { ${thresholds} },
});
`;
  return join(await temporaryFolder(t, { "test.ts": source }), "test.ts");
}

const queue = 'queue: prometheus({ url, metric: "plot_palette_queue_length", every: "1s", unit: "requests" })';
const endless = "users: 10, total: 1_000_000";

/** What `muster report` prints of the run, from its result and from its data alone. */
async function reportedTwice(t: Cleanup, { dataFolder }: MusterRun, { run }: Result): Promise<unknown[]> {
  const reported = async () => {
    const report = new MusterProcess(t, ["report", run.id, "--json=-"], { env: { MUSTER_DATA_DIR: dataFolder } });
    assert.deepEqual(await report.ended(), { code: 0, signal: null }, report.stderr);
    return JSON.parse(report.stdout) as unknown;
  };
  const kept = await reported();
  const database = new DatabaseSync(join(dataFolder, "muster.db"));
  database.exec("UPDATE runs SET result = NULL");
  database.close();
  return [kept, await reported()];
}

test("a queue that grows in the service ends the run, which fails on it, in every report of it", async (t) => {
  // Ten users without pauses wait for a server of 20 requests per second: about nine of them in its queue.
  const api = await freshApi({ capacity: { requestsPerSecond: 20 } });
  const file = await testFile(t, queue, '"observed{name:queue}": [{ threshold: "max<5", abortOnFail: true }]', endless);
  const { code, result, run } = await completedRun(t, [file, `--host=${api.url}`], {
    METRICS_URL: `${api.url}/metrics`,
  });
  assert.deepEqual([code, result.verdict], [99, "failed"]);
  assert.match(
    result.reasons.join(),
    /^max of observed queue was \d+ \(limit < 5\): the run was ended \(abortOnFail\)$/,
  );
  const [metric] = result.observed?.metrics ?? [];
  assert.ok(metric !== undefined && metric.max >= 5 && metric.max <= 10, JSON.stringify(metric));
  assert.deepEqual([metric.name, metric.source, metric.unit], ["queue", "queue", "requests"]);
  const [source] = result.observed?.sources ?? [];
  assert.equal(source?.target, `plot_palette_queue_length of ${api.url}/metrics`);
  assert.match(run.stdout, /^ {2}observed +min +mean +max +last$/m);
  // Reading the metrics is not counted by the service, nor by the run.
  assert.deepEqual(Object.keys((await api.counts()).routes), ["GET /jobs"]);
  assert.deepEqual(await reportedTwice(t, run, result), [result, result]);
});

test("a source that is down makes the run invalid, and the reason names it", async (t) => {
  const api = await freshApi();
  const down = `http://reader:hunter-2-secret@127.0.0.1:${await unusedPort()}/metrics`;
  const file = await testFile(t, queue, '"observed{name:queue}": "max<1000", failures: "rate<0.5"');
  const { code, result, run } = await completedRun(t, [file, `--host=${api.url}`], { METRICS_URL: down });
  assert.deepEqual([code, result.verdict], [110, "invalid"], String(result.reasons));
  assert.match(
    result.reasons[0] ?? "",
    /^max of observed queue < 1000 could not be judged: the source queue (gave no value in \d+ readings, of which \d+ failed|was not read)/,
  );
  const [threshold, failures] = result.thresholds;
  assert.deepEqual([threshold?.passed, threshold?.value, failures?.passed], [false, null, true]);
  assert.equal(threshold?.unobserved, result.reasons[0]);
  for (const text of [run.stdout, run.stderr, JSON.stringify(result)]) assert.doesNotMatch(text, /hunter-2-secret/);
  assert.deepEqual(await reportedTwice(t, run, result), [result, result]);
});

deepTest(
  "a function is read on the master; what it throws, and what is no number, is said and never ends the run",
  async (t) => {
    const api = await freshApi();
    const observe = `
    odd: observed(() => ({ fine: 2, wrong: NaN, text: "3", none: null }), { every: "1s" }),
    pid: observed(() => process.pid, { every: "1s" }),
    hanging: observed(() => new Promise(() => {}), { every: "2s", timeout: "1s" }),
    broken: observed(() => { throw new Error("the token is expired"); }, { every: "1s" }),
    api: json({ url: url.replace("/metrics", "/_control/counts"), path: "inFlight.current", every: "1s" })`;
    const thresholds = `"observed{name:odd.fine}": ["last==2", "count>0"], "observed{name:api}": "min>=0"`;
    const file = await testFile(t, observe, thresholds, endless);
    const run = await MusterRun.start(t, ["run", file, `--host=${api.url}`], { METRICS_URL: `${api.url}/metrics` });
    await waitUntil("failures of all", () => {
      const said = run.log.map(({ msg }) => msg).filter((msg) => msg.startsWith("observe."));
      return ["odd", "hanging", "broken"].every((name) => said.some((msg) => msg.startsWith(`observe.${name} `)));
    });
    run.kill("SIGINT");
    const { result } = await run.finished();
    const sources = new Map(result.observed?.sources.map((one) => [one.name, one]));
    assert.equal(
      sources.get("odd")?.lastFailure?.text,
      "odd.wrong is NaN; only finite numbers are recorded (and 1 more)",
    );
    assert.match(sources.get("broken")?.lastFailure?.text ?? "", /^Error: the token is expired \(test\.ts:\d+:\d+\)$/);
    assert.match(
      sources.get("hanging")?.lastFailure?.text ?? "",
      /^(no value within 1 s|the previous reading has not ended yet)$/,
    );
    assert.equal(sources.get("api")?.failures, 0);
    const metrics = new Map(result.observed?.metrics.map((one) => [one.name, one]));
    assert.deepEqual([...metrics.keys()], ["odd.fine", "pid", "api"]);
    assert.notEqual(metrics.get("pid")?.last, result.workers[0]?.pid);
    // Each is said once, however often it fails.
    const events = result.events.filter(({ kind }) => kind === "source-failed").map(({ text }) => text.split(" ")[0]);
    assert.deepEqual(events.toSorted(), ["observe.broken", "observe.hanging", "observe.odd"]);
    assert.deepEqual(
      result.thresholds.map(({ passed }) => passed),
      [true, true, true],
    );
  },
);

deepTest("a resumed run continues to observe, and keeps what was observed before", async (t) => {
  const api = await freshApi({ capacity: { requestsPerSecond: 50 } });
  const file = await testFile(t, queue, '"observed{name:queue}": "count>0"', endless);
  const port = await unusedPort();
  const data = await temporaryFolder(t);
  const env = { MUSTER_TOKEN: "secret", MUSTER_DATA_DIR: data, METRICS_URL: `${api.url}/metrics` };
  const words = [file, `--host=${api.url}`, `--master-bind-port=${port}`, "--expect-workers=1"];
  const first = await MusterRun.start(t, ["master", ...words], env);
  await first.masterPort();
  startWorker(t, port, "secret");
  const stored = () => {
    const database = new DatabaseSync(join(data, "muster.db"), { readOnly: true });
    try {
      const row = database.prepare("SELECT count(*) AS samples, max(at_ms) AS latest FROM observed_samples").get();
      return row as { samples: number; latest: number };
    } finally {
      database.close();
    }
  };
  await waitUntil("two values", () => first.log.some(({ msg }) => msg === "worker joined") && stored().samples >= 2);
  first.kill("SIGKILL");
  await first.ended();
  const before = stored();
  const runId = String(first.log.find((line) => line.run !== undefined)?.run);
  const second = await MusterRun.start(t, ["master", `--master-bind-port=${port}`, `--resume=${runId}`], env);
  await waitUntil("values of the second master", () => stored().samples >= before.samples + 2);
  second.kill("SIGINT");
  const { result } = await second.finished();
  const [metric] = result.observed?.metrics ?? [];
  const [source] = result.observed?.sources ?? [];
  assert.ok((metric?.count ?? 0) >= before.samples + 2, JSON.stringify(metric));
  assert.ok((source?.readings ?? 0) >= (metric?.count ?? 0), JSON.stringify(source));
  assert.ok(stored().latest > before.latest);
});

deepTest(
  "a query to a real Prometheus, and its own metrics, are observed",
  async (t) => {
    const api = await freshApi({ capacity: { requestsPerSecond: 20 } });
    const server = await Prometheus.start(t, new URL(api.url).host);
    await waitUntil("a Prometheus that answers", async () => (await fetch(`${server.url}/-/ready`)).ok);
    const observe = `
      queue: promql({ url, query: "max_over_time(plot_palette_queue_length[1m])", every: "1s" }),
      route: promql({ url, query: "sum(plot_palette_requests_total)", every: "1s", rate: true }),
      several: promql({ url, query: "{job='muster'}", every: "1s" }),
      samples: prometheus({ url: url + "/metrics", metric: "prometheus_tsdb_head_samples_appended_total", labels: { type: "float" }, every: "1s" }),
      inFlight: prometheus({ url: url + "/metrics", metric: "prometheus_http_requests_total", aggregate: "sum", every: "1s" })`;
    const file = await testFile(t, observe, '"observed{name:queue}": "max<5"', endless);
    const run = await MusterRun.start(t, ["run", file, `--host=${api.url}`], { METRICS_URL: server.url });
    const stored = () => {
      const database = new DatabaseSync(join(run.dataFolder, "muster.db"), { readOnly: true });
      try {
        const perSeries =
          "SELECT series, count(*) AS samples FROM observed_samples GROUP BY series HAVING samples >= 2";
        return database.prepare(perSeries).all().length;
      } finally {
        database.close();
      }
    };
    await waitUntil("a queue in Prometheus", async () => ((await server.value("plot_palette_queue_length")) ?? 0) >= 5);
    // A reading that begins after this has it.
    const before = (await api.counts()).total;
    await waitUntil("values of each source", () => stored() === 4);
    await waitUntil("more load", async () => (await api.counts()).total > before + 60);
    run.kill("SIGINT");
    const { result } = await run.finished();
    const metrics = new Map(result.observed?.metrics.map((one) => [one.name, one]));
    assert.ok((metrics.get("queue")?.max ?? 0) >= 5, JSON.stringify(result.observed));
    assert.ok((metrics.get("samples")?.last ?? 0) > 0 && (metrics.get("inFlight")?.last ?? 0) > 0);
    assert.ok((metrics.get("route")?.count ?? 0) > 0);
    const several = result.observed?.sources.find(({ name }) => name === "several");
    assert.match(
      several?.lastFailure?.text ?? "",
      /^the query has \d+ values: write a query with one value, such as sum\(…\)$/,
    );
    assert.equal(result.thresholds[0]?.passed, false);
  },
  { skip: prometheusProgram() === null ? "there is no prometheus" : false },
);
