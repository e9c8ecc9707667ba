import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { csvRecords } from "../report/files/csv-rows.ts";
import { completedRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { EchoServer } from "../worker/websocket/echo-server.ts";

const example = fileURLToPath(new URL("../../examples/websocket.ts", import.meta.url));

test("the example runs on two workers, and counts what the server counted", async (t) => {
  let bytes = 0;
  let answers = 0;
  await using server = await EchoServer.start((socket) => {
    socket.on("message", (data) => {
      const text = String(data);
      bytes += text.length;
      if (text.includes("typing")) return;
      answers++;
      socket.send(text);
    });
  });
  const folder = await temporaryFolder(t);
  const csv = join(folder, "run");
  const source = await readFile(example, "utf8");
  // On a busy machine, an answer takes longer than the example allows.
  const lenient = source.replace("p(95)<500", "p(95)<60000").replace("p(95)<200", "p(95)<60000");
  assert.notEqual(lenient, source);
  await writeFile(join(folder, "websocket.ts"), lenient);
  const words = [
    join(folder, "websocket.ts"),
    `--host=${server.url}`,
    "--workers=2",
    "--users=6",
    "--run-time=3s",
    `--csv=${csv}`,
  ];
  const { code, result } = await completedRun(t, words, {});
  assert.deepEqual([code, result.reasons], [0, []]);
  const requestsOf = (name: string) => result.endpoints.find((one) => one.name === name)?.requests ?? 0;
  assert.deepEqual([requestsOf("connect /chat"), requestsOf("join"), requestsOf("session /chat")], [6, 6, 6]);
  assert.deepEqual([requestsOf("join") + requestsOf("say"), result.total.failures], [answers, 0]);
  const metrics = new Map((result.metrics ?? []).map((metric) => [metric.name, metric]));
  const countOf = (name: string) => {
    const metric = metrics.get(name);
    return metric?.kind === "counter" ? metric.count : -1;
  };
  assert.deepEqual([countOf("messages_out"), countOf("messages_in")], [server.messages, answers]);
  assert.ok(server.messages > answers, "some messages have no answer");
  assert.deepEqual([countOf("websocket_closes"), countOf('websocket_closes{code:"1001"}')], [6, 6]);
  assert.deepEqual(server.closes, Array(6).fill(1001));
  // All that was sent is in the totals: the asks, and the rest as bytes of the connect, which has those of the upgrade too.
  const rows = csvRecords(await readFile(`${csv}_stats.csv`, "utf8"));
  assert.ok(rows.some((row) => row.Type === "WS" && row.Name === "say"));
  const upgrade = 6 * 150;
  assert.ok(result.total.bytesOut >= bytes + upgrade && result.total.bytesOut < bytes + 3 * upgrade);
});
