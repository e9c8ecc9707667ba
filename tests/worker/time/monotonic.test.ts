import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker as Thread } from "node:worker_threads";
import { monotonicMs } from "../../../src/worker/time/monotonic.ts";
import { patienceMs } from "../../support/wait-until.ts";

test("two threads read the same clock", async () => {
  const url = new URL("../../../src/worker/time/monotonic.ts", import.meta.url);
  const code = `const { parentPort } = require("node:worker_threads");
    void import(${JSON.stringify(url.href)}).then(({ monotonicMs }) => parentPort.postMessage(monotonicMs()));`;
  // Long after our own start, which is that of this thread's `performance.now()`.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const before = monotonicMs();
  const thread = new Thread(code, { eval: true });
  const [theirs] = (await once(thread, "message", { signal: AbortSignal.timeout(patienceMs) })) as [number];
  const after = monotonicMs();
  assert.ok(theirs >= before - 0.1 && theirs <= after + 0.1, `${before} ${theirs} ${after}`);
  await thread.terminate();
});
