import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { engineNamed } from "../../src/worker/http/engines.ts";
import { monotonicMs } from "../../src/worker/time/monotonic.ts";
import { RunClock } from "../../src/worker/time/run-clock.ts";
import { WorkerRun } from "../../src/worker/worker-run.ts";
import { prepareMessage } from "../support/prepare-message.ts";
import { iterationsSpec } from "./executors/stage.ts";
import { within, withTimeout } from "./http/fixture.ts";

test("a worker whose load is over takes on nothing more while its onWorkerStop runs", withTimeout, async () => {
  const hook = { begun: Promise.withResolvers<void>(), end: Promise.withResolvers<void>() };
  const stopped = Promise.withResolvers<void>();
  let iterations = 0;
  const task = () => {
    iterations++;
  };
  const onWorkerStop = () => {
    hook.begun.resolve();
    return hook.end.promise;
  };
  const scenarios = [iterationsSpec(1, { total: 1 })];
  const run = new WorkerRun({
    test: { users: [{ name: "Tester", tasks: { task } }], onWorkerStop },
    prepared: prepareMessage,
    keepsBodies: false,
    start: { type: "start", startAtMs: 0, iterationNumbers: { first: 0, step: 1 }, setup: {}, scenarios },
    worker: 1,
    runId: "run",
    clock: new RunClock(monotonicMs()),
    engine: engineNamed("own"),
    requests: { ask: () => Promise.reject(new Error("there is no master")) },
    tally: null,
    warn: () => {},
    send: () => {},
    sendRows: () => {},
    onStarted: () => {},
    onStopped: () => stopped.resolve(),
  });
  await within(hook.begun.promise, "its iterations are done");
  // Another worker was lost, and the master does not know yet that this one is done.
  run.update([{ ...iterationsSpec(1, { total: 5 }), id: 1 }]);
  hook.end.resolve();
  await within(stopped.promise, "the run ends");
  await delay(20);
  assert.deepEqual([iterations, run.userCount], [1, 0]);
});
