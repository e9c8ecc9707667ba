import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { fixture } from "../support/fixture.ts";
import { MusterRun } from "../support/muster-process.ts";

// The service listens in this process, to see where connections come from.
test("2 workers from 2 addresses, with fewer open files than users: the run goes, and a line says what to do", async (t) => {
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
});
