import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { deepTest } from "../support/depth.ts";
import { fixture } from "../support/fixture.ts";
import { MusterRun } from "../support/muster-process.ts";

test("more users than file descriptors: requests fail by kind, the worker lives, and the run says why", async (t) => {
  const server = createServer((_, response) => response.end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as { port: number };
  const words = ["--host", `http://127.0.0.1:${port}`, "--users=200", "--spawn-rate=400", "--run-time=2s"];
  const run = await MusterRun.start(t, ["run", fixture("hitters"), ...words], { MUSTER_ON_WORKER_STRAIN: "invalid" }, [
    "bash",
    "-c",
    'ulimit -n 120; exec "$0" "$@"',
  ]);
  const { code, result } = await run.finished();
  const { failures, failureKinds, requests } = result.total;
  assert.deepEqual([code, result.verdict, result.workers[0]?.lost], [110, "invalid", false], run.stderr);
  assert.ok(failures > 0 && failures < requests, `${failures} of ${requests}`);
  assert.deepEqual(failureKinds, { generator: failures });
  assert.deepEqual(
    result.errors.map(({ kind, message, count }) => [kind, message, count]),
    [["generator", "EMFILE: the generator had no file descriptor left", failures]],
  );
  assert.match(result.reasons.join("\n"), /could not be sent .* \(EMFILE, ulimit -n is 120\): raise the limit/);
});

// The service listens in this process, to see where connections come from.
deepTest(
  "2 workers from 2 addresses, with fewer open files than users: the run goes, and a line says what to do",
  async (t) => {
    const sources = new Map<string, number>();
    const server = createServer((_, response) => response.end("{}"));
    server.on("connection", ({ remoteAddress = "" }) =>
      sources.set(remoteAddress, (sources.get(remoteAddress) ?? 0) + 1),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    const address = server.address() as { port: number };
    const words = ["--host", `http://127.0.0.1:${address.port}`, "--workers=2", "--users=200", "--spawn-rate=400"];
    const run = await MusterRun.start(
      t,
      ["run", fixture("hitters"), ...words, "--run-time=2s", "--local-address=127.0.0.2,127.0.0.3"],
      {},
      ["bash", "-c", 'ulimit -n 190; exec "$0" "$@"'],
    );
    const { code, result } = await run.finished();
    assert.deepEqual([code, result.total.failures, result.peakUsers], [0, 0, 200], run.stderr);
    // The master looks once whether the service is there.
    sources.delete("127.0.0.1");
    assert.deepEqual([...sources.keys()].sort(), ["127.0.0.2", "127.0.0.3"]);
    assert.ok(Math.min(...sources.values()) >= 50, JSON.stringify([...sources]));
    const shortages = run.log.filter(({ msg }) => msg.startsWith("ulimit -n is 190, too few for 100 users"));
    assert.equal(shortages.length, 2, run.stderr);
  },
);
