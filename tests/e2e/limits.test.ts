import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { deepTest } from "../support/depth.ts";
import { fixture } from "../support/fixture.ts";
import { MusterRun } from "../support/muster-process.ts";
import { waitUntil } from "../support/wait-until.ts";

/** A service that notes when each request has arrived. */
async function countingService(t: TestContext): Promise<{ readonly url: string; readonly arrivedMs: number[] }> {
  const arrivedMs: number[] = [];
  const server = createServer({ keepAliveTimeout: 0 }, (_, response) => {
    arrivedMs.push(performance.now());
    response.setHeader("content-type", "application/json").end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrivedMs };
}

function mostPerSecond(times: readonly number[]): number {
  return Math.max(...times.map((from, first) => times.findLastIndex((atMs) => atMs < from + 1_000) - first + 1));
}

for (const isKilled of [false, true]) {
  const how = isKilled ? "one of them is killed" : "all of them stay";
  deepTest(`three workers with maxRequests and maxRequestsPerSecond, and ${how}`, async (t) => {
    const service = await countingService(t);
    const limits = ["--max-requests=1000", "--max-requests-per-second=200"];
    const words = ["run", fixture("hitters"), "--workers=3", "--users=60", "--run-time=10m", `--host=${service.url}`];
    const run = await MusterRun.start(t, [...words, ...limits]);
    const [victim = 0] = await run.workerPids(3);
    if (isKilled) {
      await waitUntil("a part of the load", () => service.arrivedMs.length > 300);
      process.kill(victim, "SIGKILL");
    }
    const { result } = await run.finished();
    const arrived = service.arrivedMs.length;
    const end = result.events.find(({ kind, text }) => kind === "max-requests" && text.includes("maxRequests"));
    const uncertain = Number(/lost workers had (\d+)/.exec(end?.text ?? "")?.[1] ?? 0);
    assert.ok(end !== undefined, JSON.stringify(result.events));
    // What a killed worker was granted and may not have sent is not granted again.
    assert.ok(arrived <= 1_000 && arrived >= 1_000 - uncertain, `${arrived}, ${uncertain} uncertain`);
    assert.ok(uncertain <= (isKilled ? 60 : 0), `${uncertain}`);
    if (!isKilled) assert.equal(result.total.requests, 1_000);
    assert.doesNotMatch(result.warnings.join(), /threw/, "who gets no permit has stopped");
    assert.ok(mostPerSecond(service.arrivedMs) <= 200, `${mostPerSecond(service.arrivedMs)} in a second`);
  });
}
