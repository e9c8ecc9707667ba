import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import type { Result } from "../../../src/report/result/result-schema.ts";
import type { StartedRun } from "../../../src/runner/outputs/run-output.ts";
import { WebhookOutput } from "../../../src/runner/outputs/webhook-output.ts";
import { PostReceiver } from "../../support/servers/post-receiver.ts";
import type { Cleanup } from "../../support/test-process.ts";

const lost = (text: string) => ({ atMs: 1, kind: "worker-lost", text }) as const;

/** What the output needs of a run and of its result. */
function startedRun(restored: { readonly events: readonly unknown[] } | null): StartedRun {
  const resolved = { profile: "p", host: "http://127.0.0.1:1", search: null, thresholds: [] };
  return {
    definition: { runId: "r", testName: "t", resolved, restored },
    master: { elapsedMs: 1 },
  } as unknown as StartedRun;
}

const result = {
  ...{ verdict: "passed", exitCode: 0, reasons: [], peakUsers: 0, thresholds: [] },
  run: { durationMs: 1, workers: 1 },
  total: { requests: 0, failures: 0, requestsPerSecond: 0, responseTimeMs: { percentiles: {} } },
} as unknown as Result;

async function messagesOf(
  t: Cleanup,
  run: StartedRun,
  events: readonly ReturnType<typeof lost>[],
): Promise<readonly { readonly event: string; readonly text: string }[]> {
  const receiver = await PostReceiver.start(t);
  const output = new WebhookOutput(`${receiver.url}/hook`, "json", pino({ level: "silent" }));
  t.after(() => output.close());
  output.begin(run);
  for (const event of events) output.event(event);
  const recorded = () => assert.fail("not needed");
  assert.deepEqual(await output.settle({ result, recorded }), []);
  return receiver.texts.map((text) => JSON.parse(text));
}

test("a run says that it starts, that a worker is lost, and that it ends", async (t) => {
  const messages = await messagesOf(t, startedRun(null), [lost("worker 1 was lost")]);
  assert.deepEqual(
    messages.map(({ event, text }) => `${event}: ${text}`),
    ["start: the run has started", "worker-lost: worker 1 was lost", "end: the run has passed"],
  );
});

test("a resumed run goes on, and does not repeat its messages", async (t) => {
  const before = [lost("worker 1 was lost"), lost("worker 2 was lost")];
  const messages = await messagesOf(t, startedRun({ events: before }), [...before, lost("worker 3 was lost")]);
  assert.deepEqual(
    messages.map(({ event, text }) => `${event}: ${text}`),
    ["start: the run was resumed", "worker-lost: worker 3 was lost", "end: the run has passed"],
  );
});
