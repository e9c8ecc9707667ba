import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { ComparisonReport } from "../../src/report/comparison/comparison-report.ts";
import type { RunReport } from "../../src/report/page/model.ts";
import type { StreamLine } from "../../src/report/result/stream-schema.ts";
import { csvRecords } from "../report/files/csv-rows.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun, MusterProcess } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { TestServer } from "../worker/http/fixture.ts";

/** Counts its requests by path. */
async function countingService() {
  const counts = new Map<string, number>();
  const server: TestServer = await TestServer.http(({ url = "" }, response) => {
    if (url === "/origin") return void response.end(server.url);
    counts.set(url, (counts.get(url) ?? 0) + 1);
    response.statusCode = url === "/fail" ? 503 : 200;
    response.end("ok");
  });
  return { server, counts };
}

test("measures of two workers are what the service counted, and a nested one counts once in every output", async (t) => {
  const { server, counts } = await countingService();
  await using _ = server;
  const folder = await temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  const files = ["html", "markdown", "hlog", "hgrm", "stream"].map((name) => `--${name}=${at(name)}`);
  const words = [fixture("measured"), `--host=${server.url}`, "--workers=2"];
  const env = { MUSTER_DATA_DIR: at("data") };
  const { code, result, run } = await completedRun(t, [...words, `--csv=${at("c")}`, ...files], env);
  const missed = result.thresholds.filter(({ passed }) => !passed);
  assert.deepEqual([code, missed, result.thresholds.length > 14], [0, [], true], String(result.reasons));

  const counted = (path: string) => counts.get(path) ?? 0;
  const rows = result.endpoints.map(({ method, name, requests, failures }) => [
    `${method} ${name}`,
    requests,
    failures,
  ]);
  assert.deepEqual(rows.sort(), [
    ["(CALL) checkout", 60, 0],
    ["CALL count bytes", counted("/bytes"), 0],
    ["CALL look", counted("/look"), 15],
    ["KV read", counted("/read"), 0],
    ["KV reserve", counted("/reserve"), 0],
    ["KV write", counted("/write") + counted("/fail"), counted("/fail")],
    ["POST /pay", counted("/pay"), 0],
  ]);
  assert.deepEqual([sumOf(counts.values()), result.total.requests, result.total.failures], [360, 360, 27]);
  const errors = result.errors.map(({ method, name, kind, message, count }) => [method, name, kind, message, count]);
  assert.deepEqual(errors.sort(), [
    ["CALL", "look", "check", "the balance is wrong", 15],
    ["KV", "write", "other", "the service said 503", 12],
  ]);

  const read = (name: string) => readFile(at(name), "utf8");
  const totalOfCsv = csvRecords(await read("c_stats.csv")).at(-1);
  assert.deepEqual([totalOfCsv?.Name, totalOfCsv?.["Request Count"]], ["Aggregated", "360"]);
  assert.equal(csvRecords(await read("c_stats_history.csv")).at(-1)?.["Total Request Count"], "360");
  const lines = (await read("stream")).trimEnd().split("\n");
  const windows = lines.map((line) => JSON.parse(line) as StreamLine).filter((line) => line.type === "window");
  assert.equal(sumOf(windows.map(({ total }) => total.requests)), 360);
  assert.match(await read("hgrm"), /Total count {4}= +360\]/);
  assert.match(await read("markdown"), /\| Aggregated \| 360 /);
  assert.match(run.stdout, /\n {2}\(CALL\) +checkout +60 /);
  assert.match(run.stdout, /\n {2}KV +write +60 +12 \(20\.0 %\)/);
  const [, packed = ""] = /id="report">([^<]+)</.exec(await read("html")) ?? [];
  const page = JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString()) as RunReport;
  assert.equal(sumOf(page.windows.total.requests), 360);
  const columns = page.windows.endpoints.find(({ method }) => method === "(CALL)");
  assert.deepEqual([columns?.name, sumOf(columns?.requests ?? [])], ["checkout", 60]);

  // What reads these files and the store does not count it twice either.
  const muster = async (...given: string[]) => {
    const process = new MusterProcess(t, given, { env });
    await process.ended();
    return process.stdout;
  };
  const log = JSON.parse(await muster("report", at("hlog"), "--json=-")) as HistogramTotals;
  assert.deepEqual([log.total.requests, log.series === null ? 360 : sumOf(log.series.requests)], [360, 360]);
  assert.ok(log.tags.some(({ tag, requests }) => tag === "(CALL):checkout" && requests === 60));
  const again = JSON.parse(await muster("report", "last", "--json=-")) as typeof result;
  assert.deepEqual([again.total, again.endpoints], [result.total, result.endpoints]);
  const compared = JSON.parse(await muster("compare", at("hlog"), "last", "--json=-")) as ComparisonReport;
  assert.deepEqual(
    compared.endpoints.map(({ method, name }) => `${method} ${name}`).sort(),
    rows.map(([row]) => row),
  );
});

interface HistogramTotals {
  readonly total: { readonly requests: number };
  readonly tags: readonly { readonly tag: string; readonly requests: number }[];
  readonly series: { readonly requests: readonly number[] } | null;
}

function sumOf(counts: Iterable<number>): number {
  return [...counts].reduce((sum, count) => sum + count, 0);
}
