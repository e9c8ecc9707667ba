import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { pino } from "pino";
import { executeRun } from "../../src/runner/execute-run.ts";
import type { Execution, RunnerContext } from "../../src/runner/execution.ts";
import { RunStores } from "../../src/runner/run-stores.ts";
import { fixture } from "../support/fixture.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("a run whose port is in use is not in the store", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  const { port: bindPort } = other.address() as AddressInfo;
  using stores = new RunStores({ store: true, dataDir: join(await temporaryFolder(t), "data") });
  const timeouts = { stopTimeout: 1_000, workerTimeout: 10_000, orphanTimeout: 60_000, stallLimit: 100 };
  const policies = { onWorkerLoss: "rebalance", minWorkers: 1, onWorkerStrain: "invalid", engine: "own" };
  const options = { ...timeouts, ...policies, host: "http://127.0.0.1:9" };
  const request = { args: [fixture("visitors")], options, expectWorkers: 1, expectWorkersMaxWaitMs: 50, resume: null };
  const execution = { ...request, bindHost: "127.0.0.1", bindPort, token: "" } as unknown as Execution;
  const context = { stores, log: pino({ level: "silent" }) } as unknown as RunnerContext;
  await assert.rejects(executeRun(execution, context), { message: /the port is in use/ });
  assert.deepEqual(stores.kept?.runs(), []);
});
