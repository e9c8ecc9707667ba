import assert from "node:assert/strict";
import { assertPassed, warningsOf } from "../support/assert-passed.ts";
import { casesByDepth, deepTest } from "../support/depth.ts";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";

const freshApi = sampleApiOfFile();

for (const [workers, declare] of casesByDepth(1, [2, 1, 4])) {
  declare(`with ${workers} worker(s) every request is reported exactly once`, async (t) => {
    const api = await freshApi();
    const words = [fixture("plot-palette-quick"), `--workers=${workers}`, `--host=${api.url}`];
    const { code, result } = await completedRun(t, words);

    await assertExact(result, api);
    assertPassed(code, result);
    assert.equal(result.exitCode, code);
    assert.deepEqual(warningsOf(result), []);
    assert.deepEqual(result.ledger.missing, []);
    assert.equal(result.total.failures, 0);
    assert.ok(result.total.requests > 33, `${result.total.requests} requests`);

    await t.test("the workers share the users and start together", () => {
      assert.equal(result.run.workers, workers);
      assert.deepEqual(
        result.workers.map((worker) => worker.number),
        Array.from({ length: workers }, (_, position) => position + 1),
      );
      const users = result.workers.map((worker) => worker.users);
      assert.equal(
        users.reduce((sum, own) => sum + own),
        33,
      );
      assert.ok(Math.max(...users) - Math.min(...users) <= 1, String(users));
      assert.deepEqual(result.users, { PlotPaletteUser: 30, AdminUser: 3, SpikeLoadUser: 0 });
      assert.equal(result.peakUsers, 33);
      for (const worker of result.workers) {
        assert.ok(worker.requests > 0 && !worker.lost && worker.startSkewMs !== null);
      }
    });

    await t.test("bytes are those on the wire: the bodies that the service counted and the heads", async () => {
      const { routes } = await api.counts();
      for (const { method, name, bytesIn, bytesOut, requests } of result.endpoints) {
        const served = routes[`${method} ${name}`];
        // The longest head on either side is below 600 bytes, the shortest above 50.
        assert.ok(served !== undefined, name);
        // Some requests of the route may be setup's or teardown's, whose bytes are in no figure.
        const spare = result.lifecycleRequests.some((own) => own.name === name) ? 1_000 : 0;
        assert.ok(bytesIn + spare > served.bytesOut + 50 * requests, `${name}: ${bytesIn} of ${served.bytesOut} bytes`);
        assert.ok(bytesIn < served.bytesOut + 600 * requests, `${name}: ${bytesIn} of ${served.bytesOut} bytes`);
        assert.ok(bytesOut > served.bytesIn + 50 * requests, `${name}: ${bytesOut} of ${served.bytesIn} bytes`);
        assert.ok(bytesOut < served.bytesIn + 600 * requests, `${name}: ${bytesOut} of ${served.bytesIn} bytes`);
      }
    });

    await t.test("setup, onStop and teardown are reported apart, and nothing is left behind", async () => {
      const apart = result.lifecycleRequests.map(({ phase, method, name, requests }) => [
        phase,
        method,
        name,
        requests,
      ]);
      const ofOnStop = apart.find(([phase]) => phase === "onStop")?.[3];
      // A user deletes its at most 5 jobs when it stops.
      assert.ok(typeof ofOnStop === "number" && ofOnStop > 0 && ofOnStop <= 30 * 5, String(ofOnStop));
      assert.deepEqual(apart, [
        ["setup", "GET", "/health", 1],
        ["onStop", "DELETE", "/jobs/:id", ofOnStop],
        ["teardown", "DELETE", "/admin/jobs", 1],
      ]);
      assert.equal(await api.jobsLeft(), 0);
    });
  });
}

deepTest("the other engine: what the service counted is in the result too", async (t) => {
  const api = await freshApi();
  const words = [fixture("visitors"), `--host=${api.url}`, "--run-time=1s", "--engine=undici"];
  // Slow answers of a busy machine are not what this is about.
  words.push(...["p50", "p95", "p99"].map((percentile) => `--target=${percentile}=20s`));
  const { code, result } = await completedRun(t, words);
  assertPassed(code, result);
  await assertExact(result, api);
});
