import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { completedRun } from "../support/muster-process.ts";
import { TestServer } from "../worker/http/fixture.ts";

const example = fileURLToPath(new URL("../../examples/chat.ts", import.meta.url));

test("the example of a language model measures the first part of each answer, and the parts after it", async (t) => {
  let answers = 0;
  await using server = await TestServer.http((_request, response) => {
    answers++;
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    const parts = ["{}", '{"content":"burnt "}', '{"content":"orange"}'].map(
      (delta) => `{"choices":[{"delta":${delta}}]}`,
    );
    const all = [...parts, '{"choices":[],"usage":{"completion_tokens":2}}', "[DONE]"];
    const send = () => {
      response.write(`data: ${all.shift()}\n\n`);
      if (all.length === 0) response.end();
      else setTimeout(send, 5);
    };
    setTimeout(send, 50);
  });
  const { code, result } = await completedRun(t, [example, `--host=${server.url}`, "--rate=10", "--run-time=2s"]);
  // How fast parts come depends on the machine.
  assert.ok(code === 0 || code === 99, result.reasons.join("\n"));
  const [stream, ...others] = result.streams ?? [];
  assert.ok(stream !== undefined && others.length === 0);
  assert.deepEqual([stream.method, stream.name], ["POST", "/v1/chat/completions"]);
  assert.deepEqual([stream.count, stream.events, stream.failures], [answers, 5 * answers, 0]);
  assert.ok(stream.firstEventMs.min >= 48 && answers > 10);
  assert.deepEqual(
    result.checks.map(({ passes, failures }) => [passes, failures]),
    [[answers, 0]],
  );
});
