import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { assertPassed } from "../../support/assert-passed.ts";
import { fixture } from "../../support/fixture.ts";
import { HitServer } from "../../support/hit-server.ts";
import { MusterProcess, MusterRun } from "../../support/muster-process.ts";
import { TestProcess } from "../../support/test-process.ts";
import { waitUntil } from "../../support/wait-until.ts";

const neighbour = fileURLToPath(new URL("../../e2e/fixtures/busy-neighbour.mjs", import.meta.url));
const hasTools = ["taskset", "nice"].every((tool) => spawnSync(tool, ["--version"]).status === 0);
const options = { skip: hasTools ? false : "taskset or nice is missing" };

/** A quarter of a CPU is enough for this test; its worker runs as `through` says. */
async function computing(t: TestContext, through: readonly string[], ...more: readonly string[]) {
  const server = await HitServer.start(t);
  const words = ["master", fixture("computing"), `--host=${server.url}`, "--expect-workers=1", "--master-bind-port=0"];
  const master = await MusterRun.start(t, [...words, "--token=t", "--on-worker-strain=invalid", ...more]);
  const port = await master.masterPort();
  const worker = new MusterProcess(t, ["worker", `--master-port=${port}`], { env: { MUSTER_TOKEN: "t" }, through });
  await waitUntil("load", async () => (await server.total()) > 20);
  return { master, worker };
}

test("a worker that a busy neighbour starves of CPU makes the run invalid, and says what to do", options, async (t) => {
  // Against a neighbour on the same CPU that much niceness leaves it a tenth of that.
  const { master } = await computing(t, ["taskset", "-c", "0", "nice", "-n", "10"]);
  const busy = new TestProcess(t, [neighbour], {}, undefined, ["taskset", "-c", "0"]);
  await master.errorOutput(/worker 1 .*has to wait for a CPU/);
  // A run is invalid from the third bad second on. What has piled up is to be done before anybody loses patience.
  await delay(2_500);
  busy.kill("SIGKILL");
  const { code, result } = await master.finished();
  assert.deepEqual([code, result.exitCode, result.verdict], [110, 110, "invalid"], String(result.reasons));
  const starved =
    /^worker 1 had to wait for a CPU for \d+ % of the run(?:, and strained for other reasons for \d+ %)?: stop other processes on its machine, or run fewer workers on it$/;
  assert.ok(
    result.reasons.some((reason) => starved.test(reason)),
    String(result.reasons),
  );
  assert.ok(result.events.some(({ kind }) => kind === "worker-strained"));
  assert.ok((result.workers[0]?.health?.utilisation.max ?? 0) > 0.95);
  assert.match(master.stdout, /INVALID/);
});

test("the same test passes when its worker gets what it needs", options, async (t) => {
  const { master } = await computing(t, [], "--run-time=4s");
  const { code, result } = await master.finished();
  assertPassed(code, result);
  const health = result.workers[0]?.health;
  assert.ok(health !== undefined && health !== null);
  assert.ok(health.utilisation.mean > 0.05 && health.utilisation.mean < 0.95, JSON.stringify(health));
  assert.ok(health.rssBytes > 20e6 && health.heapAfterGcBytes < health.rssBytes, JSON.stringify(health));
});
