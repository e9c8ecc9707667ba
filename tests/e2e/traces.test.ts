import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { deepTest } from "../support/depth.ts";
import { completedRun, MusterProcess } from "../support/muster-process.ts";
import { SampleApi } from "../support/sample-api.ts";
import { OtlpReceiver } from "../support/servers/otlp-receiver.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const testFile = `import { closed, constant, defineTest, defineUser } from "muster-load";
const user = defineUser({ name: "User", pause: constant("20ms"), tasks: { list: (vu) => vu.http.get("/jobs") } });
export default defineTest({ users: [user], load: closed({ users: 4, spawnRate: 100, duration: "2s" }) });
`;

test("the trace ids of failed and slowest requests are those that the service has logged", async (t) => {
  const api = await SampleApi.start(t);
  await api.misbehave({ errorRate: 0.5 });
  const otlp = await OtlpReceiver.start(t);
  const folder = await temporaryFolder(t, { "jobs.ts": testFile });
  const words = [join(folder, "jobs.ts"), `--host=${api.url}`, "--workers=2"];
  const [html, log] = [join(folder, "report.html"), join(folder, "requests.ndjson")];
  const { result, run } = await completedRun(t, [
    ...words,
    "--trace-sample=20%",
    `--html=${html}`,
    `--request-log=${log}`,
    `--otlp=${otlp.url}`,
  ]);
  const logged = await api.failures();
  const samples = result.errors.flatMap((error) => error.samples ?? []);
  assert.equal(samples.length, 3);
  for (const { traceId = "none" } of samples) {
    const found = logged.filter(({ traceparent }) => traceparent?.includes(traceId));
    assert.deepEqual(
      found.map(({ route, status }) => [route, status]),
      [["GET /jobs", 500]],
    );
  }
  // Each failed request has a trace of its own, and about a fifth of them are sampled.
  assert.equal(new Set(logged.map(({ traceparent }) => traceparent)).size, logged.length);
  assert.equal(logged.length, result.total.failures);
  const sampled = logged.filter(({ traceparent }) => traceparent?.endsWith("-01"));
  assert.ok(sampled.length > 0 && sampled.length < logged.length / 2, `${sampled.length} of ${logged.length}`);
  const [{ slowest = [] } = {}] = result.endpoints;
  assert.equal(slowest.length, 3);
  const slowFailures = slowest.filter(({ status }) => status === 500);
  for (const { traceId } of slowFailures) {
    assert.ok(
      sampled.some(({ traceparent }) => traceparent?.includes(traceId)),
      traceId,
    );
  }
  // The load is closed: both times are the same, and none is above the largest that was recorded.
  for (const { responseMs, serviceMs } of slowest) {
    assert.equal(responseMs, serviceMs);
    assert.ok(responseMs <= result.total.responseTimeMs.max + 0.001, `${responseMs}`);
  }
  // The log has all requests of both workers, with the same ids.
  const lines = (await readFile(log, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(lines.length, result.total.requests);
  assert.deepEqual(new Set(lines.map(({ worker }) => worker)), new Set([1, 2]));
  const failed = lines
    .filter(({ failure }) => failure === "5xx")
    .map(({ traceId, spanId, sampled: isSampled }) => {
      return `00-${traceId}-${spanId}-0${isSampled ? 1 : 0}`;
    });
  assert.deepEqual(failed.sort(), logged.map(({ traceparent }) => traceparent).sort());
  assert.ok(run.stdout.includes(`written: ${log}`), run.stdout);
  // Each sampled request is a span, and no other is.
  const idsOf = (all: readonly { readonly traceId: string }[]) => all.map(({ traceId }) => traceId).sort();
  assert.deepEqual(idsOf(otlp.spans), idsOf(lines.filter(({ sampled: isSampled }) => isSampled)));
  assert.doesNotMatch(result.warnings.join(), /--otlp|--request-log/);
  const again = new MusterProcess(t, ["report", result.run.id, "--json=-"], {
    env: { MUSTER_DATA_DIR: run.dataFolder },
  });
  assert.equal((await again.ended()).code, 0);
  const { errors, endpoints } = JSON.parse(again.stdout);
  assert.deepEqual([errors, endpoints], [result.errors, result.endpoints]);
  assert.ok((await readFile(html)).length > 0);

  await api.renew();
  await api.misbehave({ errorRate: 0.5 });
  const plain = await completedRun(t, words);
  assert.ok(plain.result.total.failures > 0);
  assert.ok((await api.failures()).every(({ traceparent }) => traceparent === null));
  assert.deepEqual(plain.result.endpoints[0]?.slowest, undefined);
});

deepTest("of a load that may be faster than the request log, each request is written or counted", async (t) => {
  const api = await SampleApi.start(t);
  const file = testFile.replace('pause: constant("20ms"), ', "").replace("users: 4", "users: 60");
  const folder = await temporaryFolder(t, { "jobs.ts": file });
  const log = join(folder, "requests.ndjson");
  const words = [join(folder, "jobs.ts"), `--host=${api.url}`, "--workers=2", `--request-log=${log}`];
  const { result } = await completedRun(t, words);
  const lines = (await readFile(log, "utf8")).trimEnd().split("\n");
  const [, left = "0", all = ""] =
    /: ([\d,]+) of ([\d,]+) requests were not written/.exec(result.warnings.join()) ?? [];
  const number = (text: string) => Number(text.replaceAll(",", ""));
  assert.equal(lines.length + number(left), result.total.requests);
  if (all !== "") assert.equal(number(all), result.total.requests);
});
