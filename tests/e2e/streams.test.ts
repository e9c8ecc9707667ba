import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { test } from "node:test";
import { assertPassed } from "../support/assert-passed.ts";
import { deepTest } from "../support/depth.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun } from "../support/muster-process.ts";
import { StreamService } from "../support/stream-service.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { TestServer } from "../worker/http/fixture.ts";

const guide = new URL("../../docs/guide/uploads-and-streams.md", import.meta.url);

/** The test in the section of the guide with this heading. */
async function recipe(heading: string): Promise<string> {
  const [, section = ""] = (await readFile(guide, "utf8")).split(`## ${heading}\n`);
  return /```ts\n(.*?)```/s.exec(section)?.[1] ?? "";
}

test("the recipe for server-sent events measures the first event, and leaves the stream at the last", async (t) => {
  const folder = await temporaryFolder(t);
  const source = await recipe("Server-sent events");
  // On a busy machine, an event takes longer than the recipe allows.
  const lenient = source.replace("p(95)<500", "p(95)<60000").replace("p(95)<2000", "p(95)<60000");
  assert.notEqual(lenient, source);
  await writeFile(join(folder, "events.ts"), lenient);
  const doneMs = 2_500;
  let opened = 0;
  let left = 0;
  await using server = await TestServer.http((_request, response) => {
    opened++;
    response.on("close", () => {
      if (!response.writableFinished) left++;
    });
    response.setHeader("content-type", "text/event-stream");
    response.flushHeaders();
    setTimeout(() => response.write("data: 1\n\n"), 30);
    setTimeout(() => response.write("event: done\ndata: 2\n\n"), doneMs);
  });
  const flags = [`--host=${server.url}`, "--users=2", "--spawn-rate=2", "--run-time=2s"];
  const { code, result } = await completedRun(t, [join(folder, "events.ts"), ...flags]);
  const [endpoint] = result.endpoints;
  assert.deepEqual([endpoint?.requests, endpoint?.failures, left], [opened, 0, opened], JSON.stringify(result.errors));
  assert.deepEqual(result.unawaitedRequests ?? [], []);
  assert.ok((endpoint?.responseTimeMs.min ?? 0) >= doneMs - 10, "the time of the whole stream");
  const first = result.thresholds.find(({ metric }) => metric === "first_event");
  assert.ok(
    first !== undefined && first.value !== null && first.value < doneMs - 10,
    JSON.stringify(result.thresholds),
  );
  assertPassed(code, result);
});

test("streams over two workers are counted exactly, for thresholds by any tag, too", async (t) => {
  const service = await StreamService.start(t, 15, { atMs: 0, forMs: 0 });
  const flags = [`--host=${service.url}`, "--workers=2", "--profile=few"];
  const { code, result } = await completedRun(t, [fixture("listening"), ...flags]);
  assertPassed(code, result);
  const counts = result.streams?.map(({ method, name, count, failures, events }) => [
    method,
    name,
    count,
    failures,
    events,
  ]);
  assert.deepEqual(counts, [["GET", "/events", 20, 0, 300]]);
  assert.deepEqual([result.total.requests, service.streams.length], [20, 20]);
  assert.deepEqual(
    result.thresholds.map(({ metric, value }) => [metric, metric.startsWith("stream_events") ? value : null]),
    [
      ["first_event{name:/events}", null],
      ["event_gap{kind:ticks}", null],
      ["stream_events{class:Listener,status:200}", 300],
      ["stream_duration{name:/events,method:GET}", null],
    ],
  );
  const [stream] = result.streams ?? [];
  // A timer fires late, not early.
  assert.ok((stream?.firstEventMs.min ?? 0) >= 795 && (stream?.durationMs.min ?? 0) >= 795 + 14 * 48);
});

deepTest("the recipe for MCP servers reads answers as JSON and as events", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "mcp.ts"), await recipe("MCP servers"));
  const calls = new Map<string, number>();
  await using server = await TestServer.http(async (request, response) => {
    const { id, method } = (await json(request)) as { id?: number; method: string };
    calls.set(method, (calls.get(method) ?? 0) + 1);
    const answer = JSON.stringify({ jsonrpc: "2.0", id, result: {} });
    if (id === undefined) response.writeHead(202).end();
    else if (method === "initialize") {
      response.writeHead(200, { "content-type": "application/json", "mcp-session-id": "s1" }).end(answer);
    } else if (request.headers["mcp-session-id"] !== "s1") response.writeHead(400).end();
    else {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('data: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n');
      setTimeout(() => response.end(`data: ${answer}\n\n`), 20);
    }
  });
  const flags = [`--host=${server.url}`, "--users=2", "--spawn-rate=2", "--run-time=2s"];
  const { code, result } = await completedRun(t, [join(folder, "mcp.ts"), ...flags]);
  assert.equal(code, 0, JSON.stringify([result.reasons, result.errors]));
  const streams = result.streams?.map(({ name, count, events }) => [name, count, events]) ?? [];
  const tools = calls.get("tools/call") ?? 0;
  assert.deepEqual(streams, [
    ["/mcp initialize", 2, 2],
    ["/mcp tools/call", tools, 2 * tools],
  ]);
});
