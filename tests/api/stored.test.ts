import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import type { RunRow } from "../../src/api/contract/runs.ts";
import { trendSchema } from "../../src/api/contract/trends.ts";
import type { RunReport } from "../../src/report/page/model.ts";
import { resultSchema } from "../../src/report/result/result-schema.ts";
import { fixture } from "../support/fixture.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { waitUntil } from "../support/wait-until.ts";
import { type AnyBody, WebMaster } from "../support/web-master.ts";

const freshApi = sampleApiOfFile();

test("runs are listed, told and rendered while they go on and afterwards, without a store that is kept too", async (t) => {
  const api = await freshApi();
  const words = ["run", fixture("loads"), `--host=${api.url}`, "--profile=steered", "--ui", "--no-store"];
  const master = await WebMaster.start(t, words);
  assert.deepEqual((await master.get("/api/runs")).json, []);
  const first = (await master.post("/api/runs", { users: 3 })).json.id;
  await waitUntil("some windows", async () => {
    const { json } = await master.get<RunReport>(`/api/runs/${first}/report`);
    return json.windows.total.requests.filter((count) => count > 0).length >= 2;
  });
  const [row] = (await master.get<RunRow[]>("/api/runs")).json;
  assert.deepEqual([row?.id, row?.state, row?.verdict, row?.profile], [first, "running", null, "steered"]);
  assert.ok((row?.requests ?? 0) > 0);
  const soFar = await master.get<RunReport>(`/api/runs/${first}/report`);
  assert.deepEqual([soFar.json.state, soFar.json.result.run.id], ["running", first]);
  assert.match(soFar.headers.get("muster-live-id") ?? "", /^[0-9a-f]{8}-\d+$/);
  await master.post(`/api/runs/${first}/stop`, { mode: "at-once" });
  await master.until("finished");
  const second = (await master.post("/api/runs", { users: 3, durationMs: 1_000 })).json.id;
  await master.until("finished");

  const rows = (await master.get<RunRow[]>("/api/runs")).json;
  assert.deepEqual(
    rows.map(({ id, state, verdict }) => [id, state, verdict]),
    [
      [second, "finished", "passed"],
      [first, "finished", "passed"],
    ],
  );
  assert.equal((await master.get<RunRow[]>("/api/runs?limit=1")).json.length, 1);
  const trends = z.array(trendSchema).parse((await master.get("/api/trends")).json);
  assert.deepEqual(
    trends.map(({ profile, latest, runs, leftOut, figures }) => [
      profile,
      latest.id,
      runs.map(({ id }) => id),
      leftOut,
      figures.p95.length,
    ]),
    [["steered", second, [first, second], 0, 1]],
  );
  assert.equal((await master.get("/api/trends?limit=0")).status, 400);
  const result = resultSchema.parse((await master.get(`/api/runs/${second}`)).json);
  assert.deepEqual((await master.get<unknown>(`/api/runs/${second}/endpoints`)).json, result.endpoints);
  assert.deepEqual((await master.get<unknown>(`/api/runs/${second}/workers`)).json, result.workers);
  const report = (await master.get<RunReport>(`/api/runs/${second}/report`)).json;
  assert.deepEqual(report.result, result);
  const inWindows = report.windows.total.requests.reduce((sum, count) => sum + count, 0);
  assert.equal(inWindows, result.total.requests);

  const files: [name: string, type: RegExp, content: RegExp][] = [
    ["html", /^text\/html/, /^<!doctype html>/],
    ["json", /^application\/json/, /"schema": "muster-result\/1"/],
    ["junit", /^application\/xml/, /^<\?xml/],
    ["markdown", /^text\/markdown/, /passed/i],
    ["csv", /^text\/csv/, /^Type,Name,Request Count/],
    ["csv-history", /^text\/csv/, /^Timestamp,User Count/],
    ["csv-failures", /^text\/csv/, /^Method,Name,Error/],
    ["csv-exceptions", /^text\/csv/, /^Count,Message/],
    ["hlog", /^text\/plain/, /Histogram log format version/],
    ["hgrm", /^text\/plain/, /Percentile/],
  ];
  for (const [name, type, content] of files) {
    const file = await master.get(`/api/runs/${second}/files/${name}`);
    assert.equal(file.status, 200, file.text);
    assert.match(file.headers.get("content-type") ?? "", type, name);
    assert.match(file.headers.get("content-disposition") ?? "", new RegExp(`filename="${second}`));
    assert.match(file.text, content);
  }
  const html = await master.get(`/api/runs/${second}/files/html`);
  assert.match(html.headers.get("content-security-policy") ?? "", /sandbox allow-scripts/);
  assert.equal(html.headers.get("content-encoding"), "gzip");
  const plain = await master.get(`/api/runs/${second}/files/html`, { "accept-encoding": "identity" });
  assert.deepEqual([plain.headers.get("content-encoding"), plain.text], [null, html.text]);

  const comparison = await master.get<AnyBody & { schema: string }>(`/api/compare?a=${first}&b=${second}`);
  assert.equal(comparison.json.schema, "muster-comparison/1");
  for (const path of [
    "/api/runs/nope",
    "/api/runs/nope/report",
    "/api/runs/nope/files/html",
    "/api/runs/nope/endpoints",
    "/api/compare?a=nope&b=nope",
  ]) {
    const missing = await master.get(path);
    assert.deepEqual([missing.status, missing.json.code], [404, "store-run-unknown"], path);
  }
  assert.equal((await master.get(`/api/runs/${second}/files/exe`)).status, 400);
  assert.equal((await master.get(`/api/runs/${second}/setup`)).status, 400);
  assert.equal((await master.get("/api/runs?limit=0")).status, 400);
  const common = [...first].findIndex((character, at) => character !== second[at]);
  const ambiguous = await master.get(`/api/compare?a=${first.slice(0, common)}&b=${second}`);
  assert.deepEqual([ambiguous.status, ambiguous.json.code], [422, "bad-configuration"]);
  master.process.kill("SIGTERM");
  assert.equal((await master.process.ended()).code, 0, master.process.stderr);
});

test("the page and its files are served as they are built, compressed and marked", async (t) => {
  const master = await WebMaster.start(t, ["run", fixture("visitors"), "--host=http://127.0.0.1:9", "--ui"]);
  const page = await master.get("/", { accept: "text/html" });
  assert.equal(page.status, 200);
  assert.match(page.text, /^<!doctype html>/i);
  assert.equal((await master.get("/history/some-run", { accept: "text/html" })).text, page.text);
  const script = await master.get("/assets/live.js");
  assert.match(script.headers.get("content-type") ?? "", /^text\/javascript/);
  assert.equal(script.headers.get("content-encoding"), "gzip");
  const etag = script.headers.get("etag") ?? "";
  const again = await master.get("/assets/live.js", { "if-none-match": etag });
  assert.deepEqual([again.status, again.text], [304, ""]);
  const plain = await master.get("/assets/live.js", { "accept-encoding": "identity" });
  assert.deepEqual([plain.headers.get("content-encoding"), plain.text], [null, script.text]);
  assert.equal((await master.get("/assets/..%2f..%2fpackage.json")).status, 404);
  assert.equal((await master.get("/nowhere")).json.code, "not-found");
});
