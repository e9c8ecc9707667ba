import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { RequestRow } from "../../../src/protocol/request-rows.ts";
import { RequestLogOutput } from "../../../src/runner/outputs/request-log-output.ts";
import type { StartedRun } from "../../../src/runner/outputs/run-output.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const row: RequestRow = {
  ...{ atMs: 1_500.12345, user: 5, scenario: "shop", className: "Buyer", group: "" },
  ...{ method: "GET", name: "/jobs", url: "http://127.0.0.1:1/jobs", status: 200, failure: "", error: "" },
  ...{ serviceMs: 1.23456, responseMs: 2, phasesMs: [0, 0, 0, 0, 1, 0.5], bytesIn: 10, bytesOut: 20 },
  ...{ traceId: "", spanId: "", isSampled: false, isLogged: true },
};
const traced = { ...row, traceId: "a".repeat(32), spanId: "b".repeat(16), isSampled: true };
const failed = { ...row, status: 0, failure: "reset", error: "closed", phasesMs: [] };

/** What the output needs of a run, which began at the start of 2026. */
function started(isResumed = false): StartedRun {
  const startedAt = new Date("2026-01-01T00:00:00.000Z");
  return {
    definition: { restored: isResumed ? {} : null },
    master: { outcomeSoFar: { startedAt } },
  } as unknown as StartedRun;
}

function linesOf(file: string): unknown[] {
  const text = readFileSync(file, "utf8");
  assert.ok(text.endsWith("\n"));
  return text
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
}

test("each request is a line with its worker and time, and only the user can read the file", async (t) => {
  const file = join(await temporaryFolder(t), "requests.ndjson");
  const output = new RequestLogOutput(file, { json: "-" });
  assert.deepEqual(output.wantedRequests, { share: 1, hasSampled: false });
  output.begin(started());
  await output.requests(1, [row, { ...row, isLogged: false }], 0);
  await output.requests(2, [traced, failed], 0);
  const missing = await output.settle();
  output.finish();
  output.close();
  const { serviceMs, responseMs, bytesIn, bytesOut } = { ...row, serviceMs: 1.235 };
  const place = { user: 5, scenario: "shop", class: "Buyer", method: "GET", name: "/jobs", url: row.url };
  const time = { time: "2026-01-01T00:00:01.500Z", atMs: 1_500.123 };
  const sizes = { bytesIn, bytesOut };
  const phasesMs = { blocked: 0, connect: 0, tls: 0, sending: 0, waiting: 1, receiving: 0.5 };
  const ok = { ...time, ...place, status: 200, serviceMs, responseMs, phasesMs, ...sizes };
  assert.deepEqual(linesOf(file), [
    { worker: 1, ...ok },
    { worker: 2, ...ok, traceId: traced.traceId, spanId: traced.spanId, sampled: true },
    { worker: 2, ...time, ...place, status: 0, failure: "reset", error: "closed", serviceMs, responseMs, ...sizes },
  ]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(missing, []);
});

test("a resumed run appends, a new one begins anew, and a link is replaced", async (t) => {
  const folder = await temporaryFolder(t, { "real.ndjson": "kept" });
  const file = join(folder, "requests.ndjson");
  symlinkSync(join(folder, "real.ndjson"), file);
  for (const [isResumed, count] of [
    [false, 1],
    [true, 2],
    [false, 1],
  ] as const) {
    const output = new RequestLogOutput(file, { json: "-" });
    output.begin(started(isResumed));
    await output.requests(1, [row], 0);
    await output.settle();
    output.finish();
    output.close();
    assert.equal(linesOf(file).length, count);
  }
  assert.equal(readFileSync(join(folder, "real.ndjson"), "utf8"), "kept");
});

test("what workers left out is said", async (t) => {
  const file = join(await temporaryFolder(t), "requests.ndjson");
  const output = new RequestLogOutput(file, { json: "-", requestLogSample: 0.5 });
  assert.equal(output.wantedRequests.share, 0.5);
  output.begin(started());
  await output.requests(1, [row], 7);
  await output.requests(2, [], 2);
  const missing = await output.settle();
  output.finish();
  output.close();
  assert.match(missing.join(), /^--request-log .*: 9 of 10 requests were not written/);
});

test("a full disk loses lines, which are counted, and fails nothing", {
  skip: existsSync("/dev/full") ? false : "there is no /dev/full",
}, async () => {
  const output = new RequestLogOutput("/dev/full", { json: "-" });
  output.begin(started());
  for (let batch = 0; batch < 3; batch++) await output.requests(1, [row, row], 0);
  const missing = await output.settle();
  output.finish();
  output.close();
  assert.match(missing.join(), /6 of 6 requests were not written \(.*ENOSPC/);
});
