import assert from "node:assert/strict";
import { assertPassed } from "../support/assert-passed.ts";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { fixture } from "../support/fixture.ts";
import { HitServer } from "../support/hit-server.ts";
import { completedRun, MusterRun } from "../support/muster-process.ts";
import { waitUntil } from "../support/wait-until.ts";

const firstOfLateWorkers = 2 ** 36;

/** By number, ascending. @throws when an iteration was there twice, or was not numbered */
async function numbersOf(server: HitServer, requests: number): Promise<number[]> {
  const hits = await server.hits();
  const twice = [...hits].filter(([, times]) => times.length !== 1).map(([number]) => number);
  assert.deepEqual(twice, []);
  const numbers = [...hits.keys()].map(Number).sort((a, b) => a - b);
  assert.equal(numbers.length, requests);
  assert.ok(numbers.every((number) => Number.isSafeInteger(number) && number >= 0));
  return numbers;
}

deepTest(
  "no two iterations of a run have one number: all kinds of load, two workers, and one that takes users over",
  async (t) => {
    const server = await HitServer.start(t);
    const words = ["master", fixture("numbered"), `--host=${server.url}`, "--profile=mixed", "--master-bind-port=0"];
    const master = await MusterRun.start(t, [...words, "--expect-workers=2", "--on-worker-strain=ignore"]);
    const port = await master.masterPort();
    for (let i = 0; i < 2; i++) startWorker(t, port, "");
    await waitUntil("load", async () => (await server.total()) > 100);
    startWorker(t, port, "");
    const { code, result } = await master.finished();
    assertPassed(code, result);
    const numbers = await numbersOf(server, result.total.requests);
    assert.equal(result.workers.length, 3);
    assert.equal(numbers.filter((number) => number >= firstOfLateWorkers).length, result.workers[2]?.requests);
  },
);

deepTest("the numbers of a counted load have no gaps", async (t) => {
  const server = await HitServer.start(t);
  const words = [fixture("numbered"), `--host=${server.url}`, "--profile=counted", "--workers=2"];
  const { code, result } = await completedRun(t, [...words, "--on-worker-strain=ignore"]);
  assertPassed(code, result);
  const numbers = await numbersOf(server, 101);
  assert.deepEqual(
    numbers,
    Array.from({ length: 101 }, (_, number) => number),
  );
});
